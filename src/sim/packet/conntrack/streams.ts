import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Run } from '../run.ts';
import { type Read, setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import { type Untold, untold } from '../untold.ts';
import type { Connection, Track } from './connection.ts';
import { type Known, tcpFrom, tcpOpens, type TcpPacket, type TcpStep, tcpStep, type TcpTrack } from './tcp.ts';
import type { Direction } from './tcp-states.ts';

/** What became of a segment, what it is to the connection's life, and what settings had to say about its numbers. */
export type Streamed = { readonly is: TcpStep['is']; readonly life: 'renewed' | 'kept' | 'shortened' } & Pick<Track, 'minded'>;

export const isTcp = (packet: Packet): packet is Packet & TcpPacket => packet.tcp !== null;

/** The state of the connection that a segment opens, or nothing where it opens none: in its middle only where the namespace lets it. */
export function streamOpens(run: Run, stack: Stack, packet: Packet & TcpPacket): TcpTrack | undefined {
  const why = 'a connection may be taken up in its middle';
  const loose = (): boolean => isOn(run, stack, setting(stack, 'net.netfilter.nf_conntrack_tcp_loose'), why);
  return tcpOpens(packet, false) ?? (loose() ? tcpOpens(packet, true) : undefined);
}

/** Notes what a segment says to its connection. */
export function streamed(run: Run, stack: Stack, packet: Packet & TcpPacket, connection: Connection, direction: Direction): Streamed {
  const before = resetBySomebody(run, stack, packet, connection.tcp ?? tcpFrom(null));
  const settings: Read[] = [];
  const step = tcpStep(before, packet, direction, knownOf(run, stack, packet, connection, settings));
  if ('track' in step) {
    connection.tcp = step.track;
    run.touch();
  }
  if (step.is === 'taken' && step.assures) connection.assured = true;
  // of what nobody told it is not said that it does not fit, where it passes all the same
  const isJudged = before.windows !== null || step.is !== 'taken';
  const heard = { is: step.is, life: lifeAfter(step) } as const;
  return settings.length === 0 || !isJudged ? heard : { ...heard, minded: mindedBy(settings, step) };
}

/** What passes and moves nothing renews no life. */
function lifeAfter(step: TcpStep): Streamed['life'] {
  if (step.is === 'invalid') return step.shortens === true ? 'shortened' : 'kept';
  return step.is === 'ignored' || (step.is === 'taken' && !step.renews) ? 'kept' : 'renewed';
}

const mindedBy = (settings: readonly Read[], { is }: TcpStep): NonNullable<Track['minded']> => ({
  says: `its TCP numbers do not fit what the connection said before: ${is === 'invalid' ? 'INVALID' : 'let through'}`,
  by: settings.flatMap(({ by }) => by),
});

/** What TCP's state machine asks about a connection and its namespace; the settings that it asked for are noted. */
function knownOf(run: Run, stack: Stack, packet: Packet, { seenReply, assured }: Connection, noted: Read[]): Known {
  const isSet = (name: string, why: string): boolean => {
    const asked = setting(stack, `net.netfilter.nf_conntrack_tcp_${name}`);
    if (asked.is === 'seen') noted.push(asked);
    return isOn(run, stack, asked, why);
  };
  return {
    seenReply,
    assured: assured !== false,
    isLiberal: () => isSet('be_liberal', "what is outside a connection's windows may pass"),
    // tcp_in_window NFCT_TCP_IGNORE, since 6.1
    ignoresNear: () => kernelOf(stack, [6, 1]),
    takesOldResets: () => isSet('ignore_invalid_rst', 'a reset of an old number may pass'),
    fits: () => FITS[whichOf(run, stack, packet, WINDOW)] ?? 'outside',
    isOld: () => whichOf(run, stack, packet, OVER) === 0,
    isExact: () => whichOf(run, stack, packet, EXPECTED) === 0,
  };
}

/** A captured connection that a reset ended: a SYN opens it again where the same end had reset it, and the capture does not tell which. */
function resetBySomebody(run: Run, stack: Stack, packet: Packet & TcpPacket, before: TcpTrack): TcpTrack {
  if (before.state !== 'CLOSE' || before.last !== null || !packet.tcp.syn) return before;
  return { ...before, last: { kind: 'rst', direction: whichOf(run, stack, packet, ENDED) === 0 ? 'original' : 'reply' } };
}

const WINDOW: Untold = {
  of: 'window',
  at: 'numbers',
  options: ['is within the window', 'is late, or says a little too much', 'is outside the window'],
  detail: 'what the ends of a tracked connection have said is not told, so neither is whether a segment is within its window',
};
const FITS = ['inside', 'near', 'outside'] as const;
const OVER: Untold = {
  of: 'old reset',
  at: 'old numbers',
  options: ['has a number that was acknowledged long ago', 'has a later number'],
  detail: 'what the receiver of a reset has acknowledged is not told, so neither is whether the number of the reset is long over',
};
const EXPECTED: Untold = {
  of: 'reset',
  at: 'numbers',
  options: ['has the number that its receiver waits for', 'has another number'],
  detail: 'which number the receiver of a reset waits for is not told, so neither is whether it ends the connection',
};
const ENDED: Untold = {
  of: 'reset',
  at: 'reset',
  options: ['who opened it', 'who answered'],
  detail: 'which end reset a tracked connection is not told',
};

/** Which of what nobody told about the end that sends it is so. */
function whichOf(run: Run, stack: Stack, { source, sourcePort }: Packet, asked: Untold): number {
  return untold(run, stack, { ...asked, at: `${asked.at} of ${source}:${sourcePort}` });
}
