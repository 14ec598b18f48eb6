import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { type Found, placeText, type Run } from '../run.ts';
import { type Read, setting } from '../setting.ts';
import type { Skb } from '../skb.ts';
import {
  type Connection,
  DEFAULT_ZONE,
  INVALID,
  inverted,
  isEcho,
  isQuery,
  RELATED_TO_NONE,
  type Track,
  tupleOf,
  type Zone,
} from './connection.ts';
import { assuredStream } from './assured-stream.ts';
import { find } from './find.ts';
import { fullTable } from './full.ts';
import { related } from './related.ts';
import { talked, talkOpens } from './associations.ts';
import { type Known, tcpFrom, tcpOpens, type TcpPacket, type TcpStep, tcpStep, type TcpTrack } from './tcp.ts';
import { isValidFlags } from './tcp-states.ts';
import { expiryOf } from './timeouts.ts';
import { continues, unreadEntries } from './unread.ts';
import { kernelOf } from '../route/kernel.ts';
import { isOn } from '../setting-on.ts';

/** A packet that tracking itself ends, or may end. */
export type Refused =
  | { readonly refused: 'dropped'; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly refused: 'unknown'; readonly gap: Gap };

/**
 * What a packet is to the connections that its namespace tracks (net/netfilter/nf_conntrack_core.c nf_conntrack_in). Where those
 * were not read, one that somebody else opened before is not known; what opens one, or answers a packet of this run, is taken as new.
 */
export function track(run: Run, skb: Skb): Track | Refused {
  const { stack, packet } = skb;
  const zone = skb.track?.zone ?? DEFAULT_ZONE;
  if (packet.icmp !== null && !isEcho(packet)) return message(run, skb, zone);
  if (packet.tcp !== null && !isValidFlags(packet.tcp)) return INVALID;
  const found = find(run, stack, packet, tupleOf(packet), zone);
  return found === undefined ? (unopened(skb) ?? fresh(run, stack, packet, zone)) : known(run, stack, packet, found, zone);
}

/** An ICMP message that is no query: where it belongs to no connection, what is attached to it stays (nf_conntrack_inet_error). */
function message(run: Run, skb: Skb, zone: Zone): Track | Refused {
  const found = related(run, skb.stack, skb.packet, zone) ?? unopened(skb) ?? INVALID;
  return found === INVALID && skb.track === RELATED_TO_NONE ? skb.track : found;
}

/** A packet of a connection that somebody opened before, which is none that was read: unread ones may be it. */
function unopened({ stack, packet, isAnswer }: Skb): Refused | undefined {
  const gap = isAnswer !== true && continues(packet) ? unreadEntries(stack) : undefined;
  return gap === undefined ? undefined : { refused: 'unknown', gap };
}

/** A packet of a connection that is there (resolve_normal_ct, nf_conntrack_handle_packet). */
function known(run: Run, stack: Stack, packet: Packet, { connection, direction }: Found, zone: Zone): Track | Refused {
  const isEstablished = direction === 'reply' || connection.seenReply;
  let [moves, minded] = [true, {} as Pick<Track, 'minded'>];
  if (isTcp(packet)) {
    const before = resetBySomebody(run, stack, packet, connection.tcp ?? tcpFrom(null));
    const settings: Read[] = [];
    const step = tcpStep(before, packet, direction, knownOf(run, stack, packet, connection, settings));
    minded = mindedBy(settings, step);
    if (step.is === 'invalid') {
      if (step.track !== undefined) {
        connection.tcp = step.track;
        run.touch();
      }
      return { ...INVALID, ...minded };
    }
    if (step.is === 'reopened') {
      run.forget(stack, connection);
      return fresh(run, stack, packet, zone);
    }
    if (step.is === 'killed') run.forget(stack, connection);
    else {
      connection.tcp = step.track;
      moves = step.is === 'taken';
      if (step.is === 'taken' && step.assures) connection.assured = true;
    }
  }
  if (packet.protocol === 'sctp' && !talked(run, stack, packet, connection, direction)) return INVALID;
  if (packet.protocol === 'udp') connection.assured = assuredStream(run, stack, connection);
  if (direction === 'reply') connection.seenReply = true;
  if (moves && (connection.expires ?? Infinity) > run.at) connection.expires = expiryOf(stack, connection, run.at);
  run.touch();
  return { connection, direction, state: isEstablished ? 'ESTABLISHED' : 'NEW', ...minded };
}

/** What settings made of a segment's numbers. */
const mindedBy = (settings: readonly Read[], { is }: TcpStep): Pick<Track, 'minded'> =>
  settings.length === 0
    ? {}
    : {
        minded: {
          says: `its TCP numbers do not fit what the connection said before: ${is === 'invalid' ? 'INVALID' : 'let through'}`,
          by: settings.flatMap(({ by }) => by),
        },
      };

const isTcp = (packet: Packet): packet is Packet & TcpPacket => packet.tcp !== null;

/** What TCP's state machine asks about a connection and its namespace. */
function knownOf(run: Run, stack: Stack, packet: Packet, { seenReply, assured }: Connection, read: Read[]): Known {
  const isSet = (name: string, why: string) => (): boolean => {
    const asked = setting(stack, `net.netfilter.nf_conntrack_tcp_${name}`);
    if (asked.is === 'seen') read.push(asked);
    return isOn(run, stack, asked, why);
  };
  return {
    seenReply,
    assured: assured !== false,
    isLiberal: isSet('be_liberal', "what is outside a connection's windows may pass"),
    // tcp_in_window NFCT_TCP_IGNORE, since 6.1
    ignoresNear: () => kernelOf(stack, [6, 1]),
    takesOldResets: isSet('ignore_invalid_rst', 'a reset of an old number may pass'),
    isInside: untold(run, stack, packet, 'window', ['is within the window', 'is outside the window']),
    isExact: untold(run, stack, packet, 'reset', ['has the number that its receiver waits for', 'has another number']),
  };
}

/** Whether a segment's numbers fit what the ends said before, where that was not all told: it does, or it does not. */
function untold(
  run: Run,
  stack: Stack,
  { source, sourcePort }: Packet,
  of: 'window' | 'reset',
  names: readonly [string, string],
): () => boolean {
  const gap = {
    of: 'conntrack',
    scope: stack.scope,
    why: 'not told',
    detail: 'what the ends of a tracked connection have said is not told',
  } as const;
  const options = names.map((name) => ({ name, probability: null }));
  const at = `${placeText(stack)} numbers of ${source}:${sourcePort}`;
  return () => run.pick({ at, of, scope: 'connection', options, because: { gap, by: [] } }) === 0;
}

/** A captured connection that a reset ended: a SYN opens it again where the same end had reset it, and the capture does not tell which. */
function resetBySomebody(run: Run, stack: Stack, { tcp, source, sourcePort }: Packet, before: TcpTrack): TcpTrack {
  if (before.state !== 'CLOSE' || before.last !== null || tcp?.syn !== true) return before;
  const options = [
    { name: 'who opened it', probability: null },
    { name: 'who answered', probability: null },
  ];
  const detail = 'which end reset a tracked connection is not told';
  const gap = { of: 'conntrack', scope: stack.scope, why: 'not told', detail } as const;
  const at = `${placeText(stack)} reset of ${source}:${sourcePort}`;
  const picked = run.pick({ at, of: 'reset', scope: 'connection', options, because: { gap, by: [] } });
  return { ...before, last: { kind: 'rst', direction: picked === 0 ? 'original' : 'reply' } };
}

/** A packet of no connection that is known: one that may open one does; others are INVALID (init_conntrack). */
function fresh(run: Run, stack: Stack, packet: Packet, zone: Zone): Track | Refused {
  if (packet.icmp !== null && !isQuery(packet)) return INVALID;
  const tcp = opened(run, stack, packet);
  if (tcp === undefined) return INVALID;
  const sctp = packet.protocol === 'sctp' ? talkOpens(run, stack, packet) : null;
  if (sctp === undefined) return INVALID;
  const full = fullTable(run, stack);
  if (full?.is === 'full') return { refused: 'dropped', says: full.says, by: full.by };
  if (full?.is === 'gap') return { refused: 'unknown', gap: full.gap };
  const original = tupleOf(packet);
  const connection: Connection = {
    protocol: packet.protocol,
    packet,
    original,
    reply: inverted(original, packet.protocol),
    zone,
    seenReply: false,
    assured: false,
    began: run.at,
    tcp,
    sctp,
    mark: 0,
    sourceDone: false,
    destinationDone: false,
    confirmed: false,
    expires: null,
    boundBy: [],
    captured: null,
  };
  connection.expires = expiryOf(stack, connection, run.at);
  return { connection, direction: 'original', state: 'NEW' };
}

/** TCP's first state; `null` for what has none, nothing where the packet opens no connection. */
function opened(run: Run, stack: Stack, packet: Packet): TcpTrack | null | undefined {
  if (!isTcp(packet)) return null;
  const why = 'a connection may be taken up in its middle';
  const loose = (): boolean => isOn(run, stack, setting(stack, 'net.netfilter.nf_conntrack_tcp_loose'), why);
  return tcpOpens(packet, false) ?? (loose() ? tcpOpens(packet, true) : undefined);
}
