import { defineFormat, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf, portNumber, quoted } from '../lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target } from '../observed.ts';

/** telnet of inetutils, netkit and busybox. The port is only told by the command line. */
export default defineFormat({
  id: 'telnet',
  is: 'what `telnet` met at a TCP port',
  tells: ['observation'],
  recognise: (head) =>
    /^(?:Trying \S+\.\.\.|telnet: (?:Unable to connect|connect to address|can't connect)|Escape character is )/m.test(head) &&
    !/^\* /m.test(head)
      ? 0.95
      : /^Connected to [\da-fA-F.:]{2,45}\.?\n/.test(head)
        ? 0.6
        : 0,
  parse: (input): Parsed => {
    const lines = linesOf(input.text);
    const port = input.argv
      .slice(1)
      .map((word) => portNumber(word))
      .find((one) => one !== undefined);
    const found: Observation[] = [];
    let to: string | undefined = input.argv.find((word, index) => index > 0 && /[.:\w]/.test(word) && !word.startsWith('-'));
    for (const [index, line] of lines.entries()) {
      to = /^Trying ([^\s]{1,253}?)\.\.\.$/.exec(line)?.[1] ?? /^telnet: connect to address ([^\s]{1,253}): /.exec(line)?.[1] ?? to;
      const outcome = /^Connected to |^Escape character is /.test(line)
        ? 'answered'
        : line.startsWith('telnet: ')
          ? outcomeOf(line)
          : undefined;
      const done = found.at(-1);
      if (outcome === undefined || to === undefined || (outcome === 'answered' && done?.outcome === 'answered')) continue;
      found.push({
        by: 'telnet',
        from: undefined,
        to: target(to),
        protocol: 'tcp',
        port,
        ...NOT_COUNTED,
        outcome,
        detail: quoted(line),
        origin: lineOf(input, index + 1),
      });
    }
    if (found.length === 0 && to !== undefined && lines.some((line) => line.startsWith('Trying '))) {
      // it was stopped while it waited
      found.push({
        by: 'telnet',
        from: undefined,
        to: target(to),
        protocol: 'tcp',
        port,
        ...NOT_COUNTED,
        outcome: 'silent',
        detail: 'no answer while it was waited for',
        origin: lineOf(input, 1),
      });
    }
    const problems = found.length === 0 ? [{ line: 1, why: 'the text does not tell how it ended' }] : [];
    return { readings: [reading('observation', found, [])], problems };
  },
});
