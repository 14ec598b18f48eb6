import { parseIp } from '#net/ip';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, type Reading, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';
import { endOf, remoteOf, type Socket, STATES } from '../sockets.ts';
import { isAssociation, protocolOfListing, type Row, rowOf } from './row.ts';
import { tcpInfoOf } from './tcp-info.ts';

/** A row with the lines that follow it (`-i` writes a second one). */
type Record = { readonly row: Row; readonly line: number; readonly words: readonly string[]; readonly text: string };

/** What this listing can tell at all. */
type Telling = {
  readonly timers: boolean;
  readonly oldStyle: boolean;
  readonly newStyle: boolean;
  readonly marks: boolean;
  readonly protocol: Socket['protocol'] | undefined;
};

const HEADER = /^(?:Netid +)?(?:State +)?Recv-Q +Send-Q +Local Address/;

/** `ss state established` leaves the column of the state out. */
const STATELESS = /^(?:Netid +)?Recv-Q +Send-Q +Local Address/m;

/** The one state that was asked for, where the rows do not tell theirs. */
function askedState(input: Input): string | undefined {
  if (!STATELESS.test(input.text.slice(0, 4096))) return undefined;
  const word = input.argv[input.argv.indexOf('state') + 1]?.toLowerCase().replaceAll('_', '-');
  return word === 'established' ? 'ESTAB' : word === 'listening' ? 'LISTEN' : STATES.find((state) => state?.toLowerCase() === word);
}

function recordsOf(input: Input, problems: Problem[]): Record[] {
  const records: { row: Row; line: number; words: string[]; text: string }[] = [];
  let open = false;
  const asked = askedState(input);
  for (const [index, line] of linesOf(input.text).entries()) {
    if (line.trim() === '' || line.startsWith('#') || HEADER.test(line) || line === 'Failed to find cgroup2 mount') continue;
    const words = wordsOf(line);
    const row = /^\s/.test(line) && open && !isAssociation(line) ? undefined : rowOf(asked === undefined ? words : withState(words, asked));
    const last = records.at(-1);
    if (row === 'other') open = false;
    else if (row !== undefined) {
      records.push({ row, line: index + 1, words: [...row.rest], text: line });
      open = true;
    } else if (open && last !== undefined && /^\s/.test(line)) last.words.push(...words);
    else if (!/^\s/.test(line)) problems.push({ line: index + 1, why: `no socket: ${quoted(line)}` });
  }
  return records;
}

/** The words of a row with the state put where `ss` writes it. */
const withState = (words: readonly string[], state: string): readonly string[] =>
  wholeNumber(words[0]) === undefined ? [words[0] ?? '', state, ...words.slice(1)] : [state, ...words];

/** `51sec`, `1min59sec`, `5.096ms` (5 s and 96 ms), `040ms`, as print_ms_timer of misc/ss.c writes them. */
export function timerMs(text: string): number | null {
  const parts = /^(?:(\d{1,6})min)?(?:(\d{1,6})sec|(?:(\d{1,6})\.)?(\d{1,3})ms)?$/.exec(text);
  if (parts === null) return null;
  const [minutes, whole, seconds, ms] = parts.slice(1).map((part) => Number(part ?? 0));
  return (minutes ?? 0) * 60_000 + ((whole ?? 0) + (seconds ?? 0)) * 1000 + (ms ?? 0);
}

const TIMERS: ReadonlySet<string> = new Set(['on', 'keepalive', 'timewait', 'persist']);

function timerOf(words: readonly string[], told: boolean): Socket['timer'] {
  const word = words.find((one) => one.startsWith('timer:('));
  if (word === undefined) return told ? null : undefined;
  const [kind = '', expires = '', retries = ''] = word.slice('timer:('.length, -1).split(',');
  return {
    kind: TIMERS.has(kind) ? (kind as 'on' | 'keepalive' | 'timewait' | 'persist') : 'unknown',
    expiresMs: timerMs(expires),
    retries: wholeNumber(retries) ?? null,
  };
}

function processOf(text: string): Socket['process'] {
  const users = /users:\(\("([^"]{1,64})",(?:pid=)?(\d{1,10})/.exec(text);
  return users?.[1] === undefined ? undefined : { name: users[1], pid: Number(users[2]) };
}

const numbered = (words: readonly string[], name: string): number | undefined =>
  wholeNumber(words.find((word) => word.startsWith(`${name}:`))?.slice(name.length + 1));

function familyOf(end: { readonly family: 4 | 6 | undefined; readonly address: unknown }, telling: Telling): 4 | 6 | undefined {
  if (end.family !== undefined) return end.family;
  // `*`: both families for today's ss, IPv4's wildcard for that of CentOS 7
  return telling.newStyle ? 6 : telling.oldStyle ? 4 : undefined;
}

const wildcardOf = (family: 4 | 6 | undefined) => (family === undefined ? null : (parseIp(family === 6 ? '::' : '0.0.0.0') ?? null));

function socketOf({ row, words, text }: Record, telling: Telling): Omit<Socket, 'origin'> | string {
  const protocol = row.protocol ?? telling.protocol;
  const [local, peer] = [endOf(row.local), endOf(row.peer)];
  const [recvQ, sendQ] = [wholeNumber(row.recvQ), wholeNumber(row.sendQ)];
  if (protocol === undefined) return 'the listing does not tell its protocol';
  if (local?.port === undefined || peer === undefined) return `no addresses (names? then run it with -n): ${quoted(text)}`;
  const inode = numbered(words, 'ino');
  const v6Only = words.find((word) => word.startsWith('v6only:'));
  const family = familyOf(local, telling);
  const dual = local.family === undefined && local.address === null && telling.newStyle;
  return {
    protocol,
    family,
    state: row.state,
    local: { address: boundOf(row, words) ?? local.address ?? wildcardOf(family), port: local.port ?? 0, dev: local.dev },
    remote: remoteOf(peer),
    v6Only: v6Only !== undefined ? v6Only === 'v6only:1' : family === 6 && dual ? false : undefined,
    recvQ,
    sendQ,
    timer: protocol === 'tcp' ? timerOf(words, telling.timers) : undefined,
    process: processOf(text),
    inode,
    // `-e` writes ino: always, uid: only when it is not root's
    uid: numbered(words, 'uid') ?? (inode === undefined ? undefined : 0),
    ...optionsOf(words, telling),
    tcp: protocol !== 'tcp' || row.state === 'LISTEN' ? undefined : tcpInfoOf(words),
  };
}

/** What `--inet-sockopt` and `-e` tell of a socket's options (misc/ss.c inet_show_sock); its mark is told to root alone, and not where it is 0. */
function optionsOf(words: readonly string[], { marks }: Telling): Pick<Socket, 'transparent' | 'mark'> {
  const from = words.indexOf('inet-sockopt:');
  const until = words.findIndex((word, at) => at >= from && word.endsWith(')'));
  const mark = /^fwmark:(0x[0-9a-f]{1,8})$/.exec(words.find((word) => word.startsWith('fwmark:')) ?? '')?.[1];
  return {
    ...(from < 0 ? {} : { transparent: words.slice(from, until + 1).some((word) => word.replace(')', '') === 'transparent') }),
    ...(mark === undefined ? (marks ? { mark: 0 } : {}) : { mark: Number(mark) }),
  };
}

/** The address that a listener of SCTP is bound to: its connections' own address stands in the column. */
const boundOf = ({ protocol, state }: Row, words: readonly string[]) =>
  protocol === 'sctp' && state === 'LISTEN'
    ? parseIp(words.find((word) => word.startsWith('locals:'))?.slice('locals:'.length) ?? '')
    : undefined;

function tellingOf(input: Input, records: readonly Record[]): Telling {
  const ends = records.flatMap(({ row }) => [row.local, row.peer]);
  const flags = input.argv.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  const newStyle = ends.some((end) => end.startsWith('[') || end.startsWith('0.0.0.0:') || end.startsWith('0.0.0.0%'));
  return {
    timers: flags.includes('o') || input.text.includes('timer:('),
    oldStyle: !newStyle && ends.some((end) => end.startsWith(':::') || end.startsWith('::ffff:')),
    newStyle: newStyle || /v6only:/.test(input.text),
    marks: / fwmark:0x/.test(input.text),
    protocol: protocolOfListing(
      input.argv,
      input.text,
      records.map(({ row }) => row),
    ),
  };
}

/** `ss` in its forms: with and without header, Netid column, `-p -e -o -i -O`. */
export default defineFormat({
  id: 'ss',
  is: 'sockets as `ss` lists them',
  tells: ['socket', 'listed-protocol'],
  recognise: (head) => {
    if (/^(?:Netid +)?(?:State +)?Recv-Q +Send-Q +Local Address:Port/m.test(head)) return 0.99;
    const rows = linesOf(head).filter((line) => !/^\s/.test(line) && line !== '');
    const hits = rows.filter((line) => {
      const row = rowOf(wordsOf(line));
      return row === 'other' || (row !== undefined && endOf(row.local) !== undefined && wholeNumber(row.recvQ) !== undefined);
    });
    return rows.length === 0 ? 0 : (0.95 * hits.length) / rows.length;
  },
  parse: (input): Parsed => {
    const problems: Problem[] = [];
    const records = recordsOf(input, problems);
    const telling = tellingOf(input, records);
    const facts: Socket[] = [];
    for (const record of records) {
      const socket = socketOf(record, telling);
      if (typeof socket === 'string') problems.push({ line: record.line, why: socket });
      else facts.push({ ...socket, origin: lineOf(input, record.line) });
    }
    const parts = coverageOf(input) === true && problems.length === 0 ? partsOf(input, facts) : [];
    return { readings: [reading('socket', facts, parts), ...listedOf(input, parts)], problems };
  },
});

/**
 * The protocols that the listing lists fully: all states of them are only in it with `-a`, and only where neither a family nor a
 * filter (`sport = :80`) narrows it. Both together are what is modelled.
 */
function partsOf(input: Input, facts: readonly Socket[]): true | string[] {
  if (input.argv.length === 0) return [...new Set(facts.map(({ protocol }) => protocol as string))].filter((one) => showsAll(one, facts));
  const words = input.argv.slice(input.argv.findLastIndex((word) => /(?:^|\/)ss$/.test(word)) + 1);
  const flags = words.filter((word) => /^-[a-zA-Z0-9]+$/.test(word)).join('');
  if (!flags.includes('a') || /[460f]/.test(flags) || words.some((word) => !word.startsWith('-') || FAMILY.test(word))) return [];
  const asked = [...(flags.includes('t') ? ['tcp'] : []), ...(flags.includes('u') ? ['udp'] : [])];
  return asked.length === 2 ? true : asked;
}

/** SCTP, where a listing of everything was asked for that as well; who wrote no words beside the text tells of none. */
function listedOf(input: Input, parts: true | readonly string[]): readonly Reading[] {
  const isAsked = input.argv.some((word) => word === '--sctp' || /^-[a-zA-Z]*S/.test(word));
  return parts === true && isAsked ? [reading('listed-protocol', [{ protocol: 'sctp' as const, origin: lineOf(input, 1) }])] : [];
}

const FAMILY = /^--(?:ipv4|ipv6|family)\b/;

/** Where nobody knows how it was asked for: sockets that listen beside those that do not, else it may be `ss -t` or `ss -lt`. */
function showsAll(protocol: string, facts: readonly Socket[]): boolean {
  const own = facts.filter((one) => one.protocol === protocol);
  if (protocol === 'udp') return own.some(({ state }) => state === 'UNCONN');
  return own.some(({ state }) => state === 'LISTEN') && own.some(({ state }) => state !== 'LISTEN');
}
