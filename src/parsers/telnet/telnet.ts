import { defineFormat, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf, portNumber, quoted } from '../lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target, typedAfter } from '../observed.ts';

/** An address that a line names. */
const NAMED =
  /^(?:Trying ([^\s]{1,253}?)\.\.\.|telnet: connect to address ([^\s]{1,253}): |telnet: can't connect to remote host \(([^\s)]{1,253})\): )/;
const UNRESOLVED =
  /^(?:telnet: (?:bad address |could not resolve )|Server lookup failure: |.{1,300}: (?:Name or service not known|Temporary failure in name resolution)$)/m;

const namedIn = (line: string): string | undefined => {
  const named = NAMED.exec(line);
  return named?.[1] ?? named?.[2] ?? named?.[3];
};

/** telnet of inetutils, netkit and busybox. The port is only told by the command line. */
export default defineFormat({
  id: 'telnet',
  is: 'what `telnet` met at a TCP port',
  tells: ['observation'],
  recognise: (head) =>
    /^(?:Trying \S+\.\.\.|telnet: (?:Unable to connect|connect to address|can't connect|bad address|could not resolve)|Server lookup failure: |Escape character is )/m.test(
      head,
    ) && !/^\* /m.test(head)
      ? 0.95
      : /^Connected to [\w.:-]{2,253}\.?\n?$/m.test(head) && !/^(?:\* |< |> )/m.test(head)
        ? 0.6
        : 0,
  parse: (input): Parsed => {
    const lines = linesOf(input.text);
    const typed = typedAfter(input.argv, /telnet(?:\.netkit)?$/).filter((word) => !word.startsWith('-'));
    const port = portNumber(typed[1]);
    const found: Observation[] = [];
    // through a pipe the errors come first, and `Trying` when the buffer is written
    let to: string | undefined = lines.map(namedIn).find((named) => named !== undefined) ?? typed[0];
    for (const [index, line] of lines.entries()) {
      to = namedIn(line) ?? to;
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
    const isStopped = lines.some((line) => line.startsWith('Trying ')) || (input.exit === 124 && lines.every((line) => line.trim() === ''));
    const unresolved = UNRESOLVED.test(input.text.slice(0, 4096));
    if (found.length === 0 && to !== undefined && isStopped && !unresolved) {
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
    const why = unresolved ? 'the name was not resolved, nothing was asked' : 'the text does not tell how it ended';
    const problems = found.length === 0 ? [{ line: 1, why }] : [];
    return { readings: [reading('observation', found, [])], problems };
  },
});
