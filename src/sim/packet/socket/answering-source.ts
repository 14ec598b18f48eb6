import type { Socket } from '#facts/socket/socket';
import { familyOf, type Ip, isLinkLocal, isLoopback, isUnspecified } from '#net/ip';
import { cidr, contains } from '#net/cidr';
import { lookup } from '../route/lookup.ts';
import { sourceFor, type SourceAnswer } from '../route/source.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';

/**
 * The address that a listener of SCTP answers an INIT from. Not the one that the INIT was sent to: an endpoint has many, and takes what
 * the route to its peer prefers if it is bound to that (net/sctp/protocol.c sctp_v4_get_dst, net/sctp/ipv6.c sctp_v6_get_dst).
 */
export function answeringSource(run: Run | null, { stack, packet }: Pick<Skb, 'stack' | 'packet'>, { local }: Socket): SourceAnswer {
  if (local.address !== null && !isUnspecified(local.address)) return { is: 'seen', address: local.address, by: [] };
  const { source: peer, sourcePort, destinationPort } = packet;
  const headers = { protocol: 'sctp', sourcePort: destinationPort, destinationPort: sourcePort, icmp: null } as const;
  const asked = { source: null, destination: peer, iif: 'lo', oif: local.dev ?? null, mark: 0, packet: headers, ofKernel: true } as const;
  const back = lookup(run, stack, asked);
  if (back.is === 'gap') return back;
  // without a route nothing leaves, whatever it says
  if (back.is === 'error') return { is: 'seen', address: packet.destination, by: [] };
  const { path } = back;
  const found: SourceAnswer =
    path.does === 'local' ? { is: 'seen', address: path.source ?? peer, by: path.by } : sourceFor(stack, path, peer);
  if (found.is === 'gap' || isTold(stack, found.address, peer)) return found;
  const detail = `${found.address} reaches less far than ${peer}: which other address a listener answers from is not modelled`;
  return { is: 'gap', gap: { of: 'address', scope: stack.scope, why: 'not modelled', detail } };
}

/** How far an address reaches, the furthest first (net/sctp/protocol.c sctp_v4_scope, net/sctp/ipv6.c sctp_v6_scope). */
function reachOf(address: Ip): number {
  if (isLoopback(address)) return LOOPBACK;
  if (isLinkLocal(address)) return LINK;
  return PRIVATE.some((prefix) => contains(prefix, address)) ? 1 : 0;
}

const LOOPBACK = 3;
const LINK = 2;
const PRIVATE = [cidr`10.0.0.0/8`, cidr`172.16.0.0/12`, cidr`192.168.0.0/16`, cidr`fec0::/10`];

/**
 * Whether an endpoint counts an address among its own for a peer: those that reach at least as far; where there is none and the peer is
 * anywhere, all but loopback, as behind NAT (net/sctp/bind_addr.c sctp_in_scope, sctp_bind_addr_copy).
 */
function isTold({ addresses }: Skb['stack'], own: Ip, peer: Ip): boolean {
  if (reachOf(own) <= reachOf(peer)) return true;
  if (reachOf(peer) > 0 || reachOf(own) > LINK || addresses.is === 'gap') return false;
  return ![...addresses.table.byAddress.keys()].some((one) => familyOf(one) === familyOf(peer) && reachOf(one) === 0);
}
