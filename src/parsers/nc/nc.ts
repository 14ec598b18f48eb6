import { defineFormat, reading } from '../format.ts';
import { portNumber, quoted, readLines } from '../lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target, typedAfter } from '../observed.ts';

type Words = { readonly to: string; readonly port?: string; readonly udp?: boolean };

const FORMS = [
  /^Connection to (?:\S{1,253} \()?(?<to>[^\s()]{1,253})\)? (?<port>\d{1,5}) port \[(?<protocol>\w{3})\//,
  /^nc(?:\.\w{1,16})?: connect to (?:\S{1,253} \()?(?<to>[^\s()]{1,253})\)? port (?<port>\d{1,5}) \((?<protocol>\w{3})\) (?:failed|timed out): /,
  /\[(?<to>[\da-fA-F.:]{2,45})\] (?<port>\d{1,5}) (?:\([\w?.-]{1,32}\) ?)?(?:open|: )/,
  /^Ncat: Connected to (?<to>\S{1,253}):(?<port>\d{1,5})\.$/,
  /^(?:nc: )?\S{1,253} \((?<to>[\da-fA-F.:[\]]{2,47}):(?<port>\d{1,5})\)(?: open$|: )/,
  /^nc: can't connect to remote host \((?<to>[\da-fA-F.:]{2,45})\): /,
];

/** The name was not resolved, so nothing was asked of the network. */
const UNRESOLVED =
  /^nc(?:\.\w{1,16})?: (?:getaddrinfo for host |getaddrinfo: |bad address )|: forward host lookup failed: |^Ncat: Could not resolve hostname /;

/** Words that tell nothing of the port. */
const ASIDE = /^Ncat: (?:Version|\d|UDP packet sent)|inverse host lookup|^(?:Warning|DNS fwd)|^ sent \d/;

/** The ends that a line names: netcat-openbsd, netcat-traditional, ncat, busybox. */
function endsOf(line: string): Words | undefined {
  for (const form of FORMS) {
    const { to, port, protocol } = form.exec(line)?.groups ?? {};
    if (to !== undefined) return { to, ...(port === undefined ? {} : { port }), ...(protocol === 'udp' ? { udp: true } : {}) };
  }
  return undefined;
}

/** A UDP port that ncat was "connected" to and then heard an error of was told of twice. */
function lastOfEach(facts: readonly Observation[]): readonly Observation[] {
  return facts.filter(
    (one, at) => !(one.outcome === 'silent' && facts.slice(at + 1).some(({ to, port }) => to === one.to && port === one.port)),
  );
}

/** `nc -v` in its four kinds. */
export default defineFormat({
  id: 'nc',
  is: 'what `nc -v` met at a port',
  tells: ['observation'],
  recognise: (head) =>
    head
      .split('\n', 20)
      .some((line) => line.length < 1000 && (endsOf(line) !== undefined || UNRESOLVED.test(line) || line.startsWith('Ncat: ')))
      ? 0.9
      : 0,
  parse: (input) => {
    const words = typedAfter(input.argv, /(?:^|\/)(?:nc|ncat|netcat)(?:\.\w+)?$/);
    const { readings, problems } = readLines(input, 'observation', (line, origin) => {
      if (line.length > 1000 || ASIDE.test(line)) return undefined;
      if (UNRESOLVED.test(line)) return `the name was not resolved, nothing was asked: ${quoted(line)}`;
      const said = endsOf(line);
      const typed = words.filter((word) => !word.startsWith('-'));
      const to = said?.to ?? typed.at(-2);
      const port = portNumber(said?.port ?? typed.at(-1));
      const udp = said?.udp === true || words.some((word) => /^-\w*u/.test(word));
      const open = /\bsucceeded!$|\bopen$|^Ncat: Connected to /.test(line);
      const outcome: Observation['outcome'] | undefined = open ? 'answered' : outcomeOf(line);
      if (outcome === undefined || to === undefined || port === undefined) return undefined;
      // an open UDP port is one that nothing was heard of
      const heard = udp && open ? 'silent' : outcome;
      const fact: Observation = {
        by: 'nc',
        from: undefined,
        to: target(to),
        protocol: udp ? 'udp' : 'tcp',
        port,
        ...NOT_COUNTED,
        outcome: heard,
        detail: quoted(line),
        origin,
      };
      return fact;
    });
    const facts = readings.flatMap((one) => (one.kind === 'observation' ? one.facts : []));
    return { readings: [reading('observation', lastOfEach(facts), [])], problems };
  },
});
