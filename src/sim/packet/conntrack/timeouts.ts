import type { Stack } from '#dataplane/stack';
import { entryOf } from '#net/entry';
import { setting } from '../setting.ts';
import { kernelOf } from '../route/kernel.ts';
import { untoldAssured } from './assured-stream.ts';
import { type Connection, isCaptured } from './connection.ts';
import { DEFAULT_TIMEOUTS } from './default-timeouts.ts';
import type { Expiry, UntoldExpiry, UntoldLife } from './expiry.ts';

const PREFIX = 'net.netfilter.nf_conntrack_';

/** The setting that says how long an entry lives without packets (net/netfilter/nf_conntrack_standalone.c). */
function nameOf({ protocol, seenReply, assured, tcp, sctp }: Connection): string {
  switch (protocol) {
    case 'udp':
      return seenReply && assured === true ? 'udp_timeout_stream' : 'udp_timeout';
    case 'tcp':
      return `tcp_timeout_${tcpName(tcp?.state ?? 'ESTABLISHED')}`;
    case 'sctp':
      return `sctp_timeout_${(sctp?.state ?? 'ESTABLISHED').toLowerCase()}`;
    case 'gre':
      return seenReply ? 'gre_timeout_stream' : 'gre_timeout';
    case 'icmp':
    case 'icmpv6':
      return `${protocol}_timeout`;
    default:
      return 'generic_timeout';
  }
}

const tcpName = (state: string): string => (state === 'SYN_SENT2' ? 'syn_sent' : state.toLowerCase());

/** When a connection that had a packet now is forgotten. */
export function expiryOf(stack: Stack, connection: Connection, at: number): Expiry {
  const { sure, least, most, why } = lifeOf(stack, connection);
  const after = (seconds: number): number => at + seconds * 1000;
  return why === null ? after(least) : { sure: after(sure), from: after(least), until: after(most), why };
}

/**
 * How many seconds a connection lives without packets: surely, at least where what was not read is as a kernel has it of itself, at most;
 * and what would tell. `null`: all are alike.
 */
type Life = { readonly sure: number; readonly least: number; readonly most: number; readonly why: UntoldLife | null };

/** The end of nf_conntrack_tcp_packet: the first of what shortens a life that does. */
function lifeOf(stack: Stack, connection: Connection): Life {
  const usual = told(stack, nameOf(connection));
  if (connection.protocol === 'udp' && connection.seenReply && connection.assured === null)
    return oneOf([usual, told(stack, 'udp_timeout_stream')], { untold: untoldAssured(connection) });
  if (connection.protocol !== 'tcp') return usual;
  const alone = isOneSided(connection) ? [UNANSWERED] : [];
  const isReset = connection.tcp?.last?.kind === 'rst';
  const lives = shortened(stack, connection).map((names) =>
    isReset ? afterReset(stack, usual, names) : shortest(stack, usual, [...names, ...alone]),
  );
  return oneOf(lives, isUntold(connection) ? { untold: UNTOLD_WINDOWS } : { unread: `${PREFIX}${MOST_REPEATS}` });
}

/** One of several lives: which it is, this would tell. */
function oneOf(lives: readonly Life[], would: UntoldLife): Life {
  const [bounds, most] = [leastOf(lives), Math.max(...lives.map((life) => life.most))];
  const unread = lives.find(({ why }) => why !== null)?.why ?? null;
  return { ...bounds, most, why: unread ?? (bounds.least === most ? null : would) };
}

const UNTOLD_WINDOWS = 'what the ends of a captured connection have not acknowledged, or said again, is not told';

/** Whether it was captured, and nobody told what its ends have said. */
const isUntold = (connection: Connection): boolean => isCaptured(connection) && (connection.tcp?.windows ?? null) === null;

/** A reset that leaves a connection as it was shortens its life all the same, unless that is short already for who repeats too often. */
function afterReset(stack: Stack, usual: Life, names: readonly string[]): Life {
  const [life, closes] = [shortest(stack, usual, names), told(stack, CLOSED)];
  if (life === usual) return closes;
  return life.why === null ? life : { ...leastOf([life, closes]), most: Math.max(life.most, closes.most), why: life.why };
}

function shortest(stack: Stack, usual: Life, names: readonly string[]): Life {
  const lives = names.map((name) => told(stack, name));
  for (const [at, life] of lives.entries()) {
    const why = usual.why ?? life.why;
    if (why !== null) return { ...leastOf([usual, ...lives.slice(at)]), most: usual.why === null ? usual.most : life.most, why };
    if (life.least < usual.least) return life;
  }
  return usual;
}

const leastOf = (lives: readonly Life[]): Pick<Life, 'sure' | 'least'> => ({
  sure: Math.min(...lives.map(({ sure }) => sure)),
  least: Math.min(...lives.map(({ least }) => least)),
});

const UNANSWERED = 'tcp_timeout_unacknowledged';
const CLOSED = 'tcp_timeout_close';
const REPEATED = 'tcp_timeout_max_retrans';
const MOST_REPEATS = 'tcp_max_retrans';

/** What is left so long at least is shortened (nf_tcp_handle_invalid). */
const LONG_MS = 120_000;

/** When a connection is forgotten that both ends have ended outside its windows: no later than what waits to be acknowledged. */
export function shortenedExpiry(stack: Stack, { expires }: Connection, at: number): Expiry | null {
  if (expires == null) return null;
  const { sure, least, most, why } = told(stack, UNANSWERED);
  const sooner = (then: number, seconds: number): number => (then - at < LONG_MS ? then : Math.min(then, at + seconds * 1000));
  const capped = (before: UntoldExpiry): UntoldExpiry => ({
    ...{ sure: Math.min(before.sure, at + sure * 1000), from: Math.min(before.from, at + least * 1000) },
    ...{ until: sooner(before.until, most), why: before.why },
  });
  if (typeof expires !== 'number') return capped(expires);
  return why === null || expires - at < LONG_MS ? sooner(expires, least) : capped({ sure: expires, from: expires, until: expires, why });
}

/** By what ends have said: too often the same, what nobody has acknowledged, that there is no room. Several lists where one of them is not known. */
function shortened(stack: Stack, connection: Connection): readonly (readonly string[])[] {
  const { tcp } = connection;
  const windows = tcp?.windows ?? null;
  if (windows === null) return isUntold(connection) ? [[], [UNANSWERED], [REPEATED]] : [[]];
  const most = read(stack, MOST_REPEATS);
  const waits = windows.original.waits === true || windows.reply.waits === true;
  // who has no room is asked again and again, as who does not answer (since 5.1)
  const isFull = windows.last.window === 0 && kernelOf(stack, [5, 1]);
  const others = tcp?.last?.kind === 'rst' ? [] : [...(waits ? [UNANSWERED] : []), ...(isFull ? [REPEATED] : [])];
  if (most === null) return [others, [REPEATED, ...others]];
  return [windows.again >= most ? [REPEATED, ...others] : others];
}

/** Settings are whole seconds (proc_dointvec_jiffies), and at none no connection would live to see its answer. */
const LEAST_SECONDS = 1;

/** What a setting tells; one that was not read may be anything. */
function told(stack: Stack, name: string): Life {
  const seconds = read(stack, name);
  if (seconds !== null) return { sure: seconds, least: seconds, most: seconds, why: null };
  const usual = entryOf(DEFAULT_TIMEOUTS, name) ?? LEAST_SECONDS;
  return { sure: LEAST_SECONDS, least: usual, most: Infinity, why: { unread: `${PREFIX}${name}` } };
}

function read(stack: Stack, name: string): number | null {
  const timeout = setting(stack, `${PREFIX}${name}`);
  return timeout.is === 'gap' || timeout.by.length === 0 ? null : timeout.value;
}

/** Taken up in its middle, and nothing came back yet: it is not kept for days (nf_conntrack_tcp_packet). */
const isOneSided = ({ protocol, tcp, seenReply }: Connection): boolean =>
  protocol === 'tcp' && tcp?.state === 'ESTABLISHED' && tcp.last?.kind !== 'rst' && !seenReply;
