import type { Socket } from '#facts/socket/socket';
import { familyOf } from '#net/ip';
import { kernelOf } from '../route/kernel.ts';
import { placeText, type Run } from '../run.ts';
import { OFF_OR_ON, setting, type Setting, type Unread, whichever } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';

/** A packet as a socket is looked up for it. */
export type Arrival = Pick<Skb, 'stack' | 'packet' | 'in'>;

/** The socket of a connection that a packet belongs to (__inet_lookup_established, a connected UDP socket). */
export function connectedSocket({ stack, packet }: Arrival): Socket | undefined {
  const { connected } = stack;
  if (connected.is === 'gap') return undefined;
  return (connected.table.get(`${packet.protocol} ${packet.destinationPort}`) ?? []).find(
    ({ local, remote }) =>
      remote?.address === packet.source &&
      remote.port === packet.sourcePort &&
      (local.address === null || local.address === packet.destination || isAny(local.address)),
  );
}

const isAny = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** How exactly a listening socket is for a packet: an own address, a device, the packet's family (compute_score). Below 0: not at all. */
function closeness({ local, v6Only, family }: Socket, skb: Arrival, isOfVrfAlone: boolean): number {
  const { packet, in: device } = skb;
  const own = familyOf(packet.destination);
  if (typeof local.dev === 'string' && local.dev !== device?.name) return -1;
  if (typeof local.dev !== 'string' && isOfVrfAlone) return -1;
  const bound = typeof local.dev === 'string' ? 2 : 0;
  if (local.address === packet.destination) return 8 + bound;
  if (local.address === null) return bound;
  if (local.address === '::') {
    if (own === 4 && v6Only === true) return -1;
    return bound + (own === 6 ? 1 : 0);
  }
  if (local.address !== '0.0.0.0' || own !== 4 || family === 6) return -1;
  return bound + 1;
}

/** A VRF's packets are only for sockets of the VRF, unless others may have them too (inet_sk_bound_dev_eq). */
function sharedWithVrf({ stack, packet: { protocol }, in: device }: Arrival): Setting {
  if (device?.upper?.kind !== 'vrf') return NO_VRF;
  if (protocol !== 'sctp') return setting(stack, `net.ipv4.${protocol === 'tcp' ? 'tcp' : 'udp'}_l3mdev_accept`);
  // before 6.2 SCTP did not ask for the device (net/sctp/socket.c sctp_sk_bound_dev_eq)
  return kernelOf(stack, [6, 2]) ? setting(stack, 'net.sctp.l3mdev_accept') : NO_VRF;
}

const NO_VRF: Setting = { is: 'seen', value: 1, by: [] };

/** The listening socket that takes a packet (inet_lookup_listener, __udp4_lib_lookup); of several that share a port a hash picks one. */
export function listener(run: Run, skb: Skb, all: readonly Socket[]): Socket | undefined {
  const near = nearest(skb, all);
  const best =
    near.is === 'seen' ? near.value : closest(skb, all, isOn(run, skb.stack, near, 'a socket outside may take what comes in by a VRF'));
  const [first] = best;
  if (best.length < 2 || best.every((one) => isFull(one) === isFull(best[0] as Socket))) return first;
  const options = best.map(({ process, inode }) => ({
    name: `${process?.name ?? 'socket'} ${inode ?? ''}`.trim(),
    probability: 1 / best.length,
  }));
  const { packet, stack } = skb;
  const at = `${placeText(stack)} SO_REUSEPORT ${packet.protocol} ${packet.destinationPort} for ${packet.source}:${packet.sourcePort}`;
  return best[run.pick({ at, of: 'reuseport', scope: 'connection', lasts: true, options })] ?? first;
}

/** A TCP listener whose finished connections nobody accepts (sk_acceptq_is_full): `ss` shows its backlog and limit as queues. */
export const isFull = ({ state, recvQ, sendQ }: Socket): boolean =>
  state === 'LISTEN' && recvQ !== undefined && sendQ !== undefined && recvQ > sendQ;

/** The sockets that suit a packet best: several only where they share a port. */
const nearest = (skb: Arrival, all: readonly Socket[]): { readonly is: 'seen'; readonly value: readonly Socket[] } | Unread =>
  whichever(
    sharedWithVrf(skb),
    OFF_OR_ON,
    (shared) => closest(skb, all, shared > 0),
    (one, other) => one.length === other.length && one.every((socket, at) => socket === other[at]),
  );

/** The same as rules ask, who name the device of the hook alone: a VRF's packets meet sockets outside it too (nf_socket_get_sock_v4, without an sdif). */
export const met = (skb: Arrival, all: readonly Socket[]): readonly Socket[] => closest(skb, all, true);

function closest(skb: Arrival, all: readonly Socket[], isShared: boolean): readonly Socket[] {
  let best: Socket[] = [];
  let highest = -1;
  for (const socket of all) {
    const near = closeness(socket, skb, !isShared);
    if (near > highest) [best, highest] = [[socket], near];
    else if (near >= 0 && near === highest) best.push(socket);
  }
  return best;
}
