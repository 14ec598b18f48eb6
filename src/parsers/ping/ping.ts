import { parseIp } from '#net/ip';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { linesOf, quoted, wholeNumber } from '../lines.ts';
import { type Observation, outcomeOf, target, typedAfter } from '../observed.ts';

/** `PING name (address) [from address device]: 56(84) bytes of data.`, busybox `PING address (address): 56 data bytes`. */
const HEADER =
  /^PING ([^\s(]{1,253}) ?\(([^\s)]{1,64})\)(?: from ([^\s:]{1,64})(?: [\w.@-]{1,32})?)?(?: ?:)? (\d{1,6})(?:\((\d{1,6})\))? (?:data bytes|bytes of data|bytes)/;
const HEADER6 = /^PING ([^\s(]{1,253}) ?\(([0-9a-fA-F:.%\w-]{2,64})\) (?:from [^\s]{1,64} (?:[\w.@-]{1,32}: ?)?)?(\d{1,6}) data bytes/;
const STATISTICS = /^(\d{1,10}) packets transmitted, (\d{1,10})(?: packets)? received/;
const ERROR =
  /^(?:ping\d?: (?:connect|sendmsg|sendto|local error|bad address|unknown host|[^:]{1,253}: (?:Name|Temporary|No address))|From \S{1,64} |\d{1,6} bytes from \S{1,64} .*unreachable)/;

type Open = {
  line: number;
  to: Observation['to'];
  from: string | undefined;
  size: number | undefined;
  replies: number;
  sent: number | undefined;
  received: number | undefined;
  errors: string[];
  statistics: string | undefined;
  first: string;
};

const begin = (line: number, to: Observation['to'], first: string): Open => ({
  line,
  to,
  from: undefined,
  size: undefined,
  replies: 0,
  sent: undefined,
  received: undefined,
  errors: [],
  statistics: undefined,
  first,
});

/** Bytes of the IP packet: data, and the headers of ICMP and IP. */
const sizeOf = (data: string, whole: string | undefined, six: boolean): number =>
  whole === undefined ? Number(data) + (six ? 48 : 28) : Number(whole);

function headerOf(line: string, at: number): Open | undefined {
  const parts = HEADER.exec(line);
  if (parts !== null) {
    const address = parseIp(parts[2] ?? '') ?? target(parts[1] ?? '');
    return { ...begin(at, address, line), from: parts[3], size: sizeOf(parts[4] ?? '', parts[5], address.includes(':')) };
  }
  const six = HEADER6.exec(line);
  if (six !== null)
    return { ...begin(at, target((six[2] ?? '').split('%', 1)[0] ?? ''), line), size: sizeOf(six[3] ?? '', undefined, true) };
  const bare = /^PING ([^\s(]{1,253})/.exec(line);
  return bare?.[1] === undefined ? undefined : { ...begin(at, target(bare[1].replace(/[:,]$/, '')), line), size: undefined };
}

function observe(one: Open, input: Input): Observation {
  const answered = one.received ?? (one.sent === undefined && one.replies === 0 ? undefined : one.replies);
  const error = one.errors.map(outcomeOf).find((outcome) => outcome !== undefined);
  const all = answered !== undefined && answered > 0;
  const some = all && ((one.sent !== undefined && answered < one.sent) || error !== undefined);
  const df = input.argv.includes('-M') ? input.argv[input.argv.indexOf('-M') + 1] === 'do' : undefined;
  return {
    by: 'ping',
    from: one.from,
    to: one.to,
    protocol: 'icmp',
    port: null,
    size: one.size,
    df,
    outcome: some ? 'mixed' : all ? 'answered' : (error ?? 'silent'),
    sent: one.sent,
    answered,
    detail: quoted(one.errors[0] ?? one.statistics ?? one.first),
    origin: lineOf(input, one.line),
  };
}

/** The peer that was asked for, where ping failed before it wrote its first line. */
function askedFor(input: Input, line: string): Observation['to'] | undefined {
  const words = typedAfter(input.argv, /(?:^|\/)ping6?$/);
  const address = words.find((word) => parseIp(word) !== undefined);
  if (address !== undefined) return target(address);
  const named = /^ping\d?: (?!connect|sendmsg|sendto|local error)([\w.-]{1,253}): /.exec(line)?.[1];
  return named ?? words.find((word) => /^[A-Za-z][\w.-]*\.[\w.-]+$/.test(word));
}

/** ping of iputils and busybox, with every way it can end. */
export default defineFormat({
  id: 'ping',
  is: 'what `ping` measured',
  tells: ['observation'],
  recognise: (head) =>
    /^PING \S+ ?(?:\(|[\d:])/m.test(head)
      ? 0.98
      : /^ping\d?: (?:connect: |sendto: |sendmsg: |bad address |unknown host |[\w.-]{1,253}: (?:Name or|Temporary failure))/m.test(head)
        ? 0.9
        : 0,
  parse: (input): Parsed => {
    const found: Open[] = [];
    const problems: Problem[] = [];
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.length > 4096) continue;
      const header = line.startsWith('PING ') ? headerOf(line, index + 1) : undefined;
      const last = found.at(-1);
      const counts = STATISTICS.exec(line);
      if (header !== undefined) found.push(header);
      else if (last === undefined && ERROR.test(line)) {
        const to = /unknown host|bad address|Name or service|Temporary failure|No address/.test(line) ? undefined : askedFor(input, line);
        if (to === undefined) problems.push({ line: index + 1, why: `nothing was asked: ${quoted(line)}` });
        else found.push({ ...begin(index + 1, to, line), errors: [line] });
      } else if (last === undefined) continue;
      else if (counts !== null) {
        [last.sent, last.received] = [wholeNumber(counts[1]), wholeNumber(counts[2])];
        last.statistics = line;
      } else if (ERROR.test(line)) last.errors.push(line);
      else if (/^\d{1,6} bytes from /.test(line) && !line.includes('(truncated)')) last.replies++;
    }
    return {
      readings: [
        reading(
          'observation',
          found.map((one) => observe(one, input)),
          [],
        ),
      ],
      problems,
    };
  },
});
