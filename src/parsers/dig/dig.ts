import { parseIp } from '#net/ip';
import { defineFormat, type Input, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf, portNumber, quoted } from '../lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target, typedAfter } from '../observed.ts';

/** `;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)`; BIND 9.16 and older do not tell the protocol. */
const SERVER = /^;; SERVER: ([^#\s]{2,64})#(\d{1,5})(?:\([^)]{0,253}\))?(?: \((UDP|TCP)\))?/;
const FAILURE = /^;; (communications error to|UDP setup with|Connection to) ([^#\s]{2,64})#(\d{1,5}).*?(?:: |failed: )(.*)$/;
const GAVE_UP = /^;; (?:connection timed out|no servers could be reached)/;
const GAVE_UP_LINE = new RegExp(GAVE_UP.source, 'm');
const UNTOLD =
  'BIND before 9.18 says this of a server that refused, that was silent and that cannot be reached alike: ask with a later dig, or with nc -vz';
const ENDED = /^;; (?:->>HEADER<<-|connection timed out|no servers could|communications error to|UDP setup with|Connection to )/m;

/** What the command line or the banner tells of the question. */
type Asked = {
  readonly server: string | undefined;
  readonly isTcp: boolean;
  readonly by: 'dig' | 'nslookup';
  /** busybox says by itself when it was refused; BIND before 9.18 only gives up. */
  readonly saysRefused: boolean;
};

function askedOf(input: Input): Asked {
  const typed = typedAfter(input.argv, /(?:^|\/)(?:dig|nslookup)$/);
  const by = input.argv.some((word) => /(?:^|\/)nslookup$/.test(word)) ? 'nslookup' : 'dig';
  const banner = /^; <<>> DiG [^\n]{0,400}/m.exec(input.text.slice(0, 4096))?.[0].split(' ') ?? [];
  const words = [...typed, ...banner];
  const at = words.find((word) => /^@.{1,253}$/.test(word))?.slice(1);
  // nslookup takes the server after the name
  const server = at ?? (by === 'nslookup' ? typed.slice(1).find((word) => parseIp(word) !== undefined) : undefined);
  return { server, isTcp: words.includes('+tcp') || words.includes('+vc'), by, saysRefused: input.argv.includes('busybox') };
}

type Heard = Pick<Observation, 'protocol' | 'port' | 'outcome' | 'detail'> & { readonly to: string };

/** What one line tells of a server; the name and the status that were told before are the detail of an answer. */
function heardIn(line: string, asked: Asked, answer: string): Heard | undefined {
  const server = SERVER.exec(line);
  if (server?.[1] !== undefined) {
    const protocol = (server[3] ?? (asked.isTcp ? 'TCP' : 'UDP')) === 'TCP' ? 'tcp' : 'udp';
    return { to: server[1], port: portNumber(server[2]), protocol, outcome: 'answered', detail: answer };
  }
  const failure = FAILURE.exec(line);
  if (failure?.[2] !== undefined) {
    const protocol = failure[1] === 'Connection to' || asked.isTcp ? 'tcp' : 'udp';
    return { to: failure[2], port: portNumber(failure[3]), protocol, outcome: outcomeOf(line) ?? 'silent', detail: line };
  }
  if (!GAVE_UP.test(line) || asked.server === undefined || !asked.saysRefused) return undefined;
  return { to: asked.server, port: 53, protocol: asked.isTcp ? 'tcp' : 'udp', outcome: 'silent', detail: line };
}

/** `dig`, and the words that BIND's nslookup shares with it: one observation per server that answered or failed. */
export default defineFormat({
  id: 'dig',
  is: 'what `dig` heard of a name server',
  tells: ['observation'],
  recognise: (head) => {
    if (/^; <<>> DiG /m.test(head)) return 0.97;
    if (/^nslookup: |^Server:\s/m.test(head)) return 0;
    return ENDED.test(head) ? 0.97 : /^dig: couldn't get address for /m.test(head) ? 0.9 : 0;
  },
  parse: (input): Parsed => {
    const found = new Map<string, Observation>();
    const asked = askedOf(input);
    let [status, name] = ['', ''];
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.length > 4096) continue;
      status = /^;; ->>HEADER<<- .*status: (\w{1,16})/.exec(line)?.[1] ?? status;
      name = /^;([^\s;]{1,255})\s+IN\s+\w+$/.exec(line)?.[1] ?? name;
      const heard = heardIn(line, asked, `${name} ${status}`.trim());
      if (heard === undefined) continue;
      const before = found.get(heard.to);
      // that it gave up is told after each try was
      if (GAVE_UP.test(line) && before !== undefined) continue;
      const outcome = before !== undefined && before.outcome !== heard.outcome ? 'mixed' : heard.outcome;
      const { to, protocol, port, detail } = heard;
      found.set(to, {
        ...{ by: asked.by, from: undefined, to: target(to), protocol, port, ...NOT_COUNTED, outcome },
        detail: quoted(detail),
        origin: lineOf(input, index + 1),
      });
    }
    const unnamed = /^dig: couldn't get address for /m.test(input.text.slice(0, 4096));
    const gaveUp = asked.server !== undefined && GAVE_UP_LINE.test(input.text.slice(0, 65_536));
    const why = gaveUp
      ? UNTOLD
      : unnamed
        ? "the server's name was not resolved, nothing was asked"
        : 'the text does not tell which server was asked';
    return { readings: [reading('observation', [...found.values()], [])], problems: found.size === 0 ? [{ line: 1, why }] : [] };
  },
});
