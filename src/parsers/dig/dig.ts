import { defineFormat, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf, portNumber, quoted } from '../lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target } from '../observed.ts';

const SERVER = /^;; SERVER: ([^#\s]{2,64})#(\d{1,5})/;
const FAILURE = /^;; (?:communications error to|UDP setup with|Connection to) ([^#\s]{2,64})#(\d{1,5}).*?(?:: |failed: )(.*)$/;

/** `dig`: one observation per server that answered or failed. */
export default defineFormat({
  id: 'dig',
  is: 'what `dig` heard of a name server',
  tells: ['observation'],
  recognise: (head) =>
    /^; <<>> DiG /m.test(head) ||
    /^;; (?:->>HEADER<<-|connection timed out; no servers could be reached|communications error to)/m.test(head)
      ? 0.97
      : 0,
  parse: (input): Parsed => {
    const found = new Map<string, Observation>();
    const asked = /@(\S{1,253})/.exec(
      input.argv.find((word) => word.startsWith('@')) ?? /^; <<>> DiG [^\n]{0,400}/m.exec(input.text.slice(0, 4096))?.[0] ?? '',
    )?.[1];
    let status = '';
    let name: string | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.length > 4096) continue;
      status = /^;; ->>HEADER<<- .*status: (\w{1,16})/.exec(line)?.[1] ?? status;
      name = /^;([^\s;]{1,255})\s+IN\s+\w+$/.exec(line)?.[1] ?? name;
      const add = (to: string, port: number | undefined, outcome: Observation['outcome'], detail: string): void => {
        const before = found.get(to);
        const mixed = before !== undefined && before.outcome !== outcome;
        found.set(to, {
          by: 'dig',
          from: undefined,
          to: target(to),
          protocol: 'udp',
          port,
          ...NOT_COUNTED,
          outcome: mixed ? 'mixed' : outcome,
          detail: quoted(detail),
          origin: lineOf(input, index + 1),
        });
      };
      const server = SERVER.exec(line);
      const failure = FAILURE.exec(line);
      if (server?.[1] !== undefined) add(server[1], portNumber(server[2]), 'answered', `${name ?? ''} ${status}`.trim());
      else if (failure?.[1] !== undefined) add(failure[1], portNumber(failure[2]), outcomeOf(line) ?? 'silent', line);
      else if (/^;; (?:connection timed out|no servers could be reached)/.test(line) && asked !== undefined && !found.has(asked))
        add(asked, 53, 'silent', line);
    }
    const problems = found.size === 0 ? [{ line: 1, why: 'the text does not tell which server was asked' }] : [];
    return { readings: [reading('observation', [...found.values()], [])], problems };
  },
});
