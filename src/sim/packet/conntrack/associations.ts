import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Run } from '../run.ts';
import { untold } from '../untold.ts';
import type { Connection } from './connection.ts';
import { type Doubt, sctpOf, sctpOpens, sctpStep, type SctpTrack } from './sctp.ts';
import type { Streamed } from './streams.ts';

/** The state of the association that a packet opens, or nothing where it opens none. */
export const talkOpens = (run: Run, stack: Stack, packet: Packet): SctpTrack | undefined =>
  sctpOpens(sctpOf(packet), doubtOf(run, stack, packet));

/** Notes what a packet says to its association. */
export function talked(run: Run, stack: Stack, packet: Packet, connection: Connection, direction: 'original' | 'reply'): Streamed {
  if (connection.sctp == null)
    return asked(run, stack, packet, 'state', 'in which state a captured association is was not told')
      ? { is: 'taken', life: 'renewed' }
      : { is: 'invalid', life: 'kept' };
  const step = sctpStep(connection.sctp, sctpOf(packet), direction, doubtOf(run, stack, packet));
  connection.sctp = step.track;
  if (step.assures) connection.assured = true;
  if (step.is === 'invalid') run.touch();
  return { is: step.is, life: step.renews ? 'renewed' : 'kept' };
}

const doubtOf = (run: Run, stack: Stack, packet: Packet): Doubt => ({
  isTag: () =>
    packet.sctp === undefined || asked(run, stack, packet, 'tag', 'the verification tags of a captured association are not told'),
  isAsked: () => asked(run, stack, packet, 'initiate tag', 'what the ends of a captured association asked for is not told'),
  isDoubted: () =>
    asked(run, stack, packet, 'heartbeat', 'whether a captured association waits for the answer to a heartbeat of another tag is not told'),
  // 6.6, and in releases of the older lines that their numbers do not tell
  knowsCollision: () =>
    kernelOf(stack, [6, 6]) ||
    asked(run, stack, packet, 'collision', 'whether this kernel tracks both ends of SCTP that begin at once is not told'),
});

function asked(run: Run, stack: Stack, { source, sourcePort }: Packet, what: string, detail: string): boolean {
  const of = `sctp ${what}`;
  return untold(run, stack, { at: `${of} of ${source}:${sourcePort}`, of, options: ['yes', 'no'], detail }) === 0;
}
