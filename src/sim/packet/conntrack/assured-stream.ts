import type { Stack } from '#dataplane/stack';
import { kernelOf } from '../route/kernel.ts';
import type { Run } from '../run.ts';
import { type Connection, isCaptured } from './connection.ts';

/** A flow that goes on for longer is a stream (`stream_ts` of struct nf_ct_udp). */
const STREAM_MS = 2000;

/** Since it is built in, GRE is tracked by its own rules wherever anything is (v5.1). */
const BUILT_IN_GRE = [5, 1] as const;

const UNTOLD_AGE = 'when a captured flow of UDP began is not told, and it is assured two seconds later';
const UNTOLD_GRE = 'whether nf_conntrack_proto_gre is loaded is not told: without it no answer assures a flow of GRE';

/** Why nobody knows whether a flow is assured. */
export const untoldAssured = ({ protocol }: Connection): string => (protocol === 'gre' ? UNTOLD_GRE : UNTOLD_AGE);

/**
 * Whether one more packet leaves a flow of UDP or GRE assured: it was answered before (nf_conntrack_proto_gre.c
 * nf_conntrack_gre_packet), and of UDP since 5.17 two seconds have gone by too since its first packet (nf_conntrack_proto_udp.c
 * nf_conntrack_udp_packet). `null` where nobody told when a captured one began, or on an older kernel whether GRE has rules of its own.
 */
export function assuredStream(run: Run, stack: Stack, connection: Connection): boolean | null {
  const { protocol, seenReply, assured = false, began = 0 } = connection;
  if (!seenReply || assured === true) return assured;
  if (protocol === 'gre') return kernelOf(stack, BUILT_IN_GRE) ? true : null;
  if (!kernelOf(stack, [5, 17]) || run.at - began > STREAM_MS) return true;
  return isCaptured(connection) ? null : false;
}
