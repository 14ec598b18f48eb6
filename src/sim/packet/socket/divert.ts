import type { Socket } from '#facts/socket/socket';
import { familyOf, type Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Diverted } from './diverted.ts';
import { connectedSocket, isFull, met } from './find.ts';
import { type Asking, captured, divertedKey, openedKey, sentBy } from './met.ts';

/** Where TPROXY looks for a listener; `null`, which rules write as 0.0.0.0, :: or 0, is the first address of the device that the packet came in by, and its own port. */
export type Toward = { readonly address: Ip | null; readonly port: number | null };

type Found = Diverted | null | { readonly gap: Gap };

/**
 * Which transparent socket TPROXY gives a packet to: that of its connection, by the addresses that it carries now, else a listener where it is
 * sent to; `null`: none, or one that is not transparent (net/netfilter/xt_TPROXY.c tproxy_tg4, net/ipv4/netfilter/nf_tproxy_ipv4.c
 * nf_tproxy_get_sock_v4, the same of IPv6; include/net/netfilter/nf_tproxy.h nf_tproxy_sk_is_transparent).
 */
export function divert(asking: Asking, toward: Toward): Found {
  const { stack, packet, in: device } = asking;
  const connected = connectedSocket({ stack, packet, in: device });
  if (connected !== undefined) return connected.state === 'SYN-RECV' ? request(asking, toward) : ofConnection(asking, toward, connected);
  const sent = sentBy(asking, packet);
  if (packet.protocol === 'tcp') {
    if (sent !== null) return 'gap' in sent ? sent : null;
    return asking.notes?.isOpen(openedKey(stack, packet)) === true ? request(asking, toward) : listening(asking, toward);
  }
  const found = listening(asking, toward);
  // nobody told whether the socket that sent what this answers is connected: then it is asked, and not transparent
  return sent === null || found === null
    ? found
    : untold(asking, 'whether the socket that sent what this answers is connected was not told');
}

/** One that waits for its end gives way to a listener where a connection is opened anew (nf_tproxy_handle_time_wait4). */
function ofConnection(asking: Asking, toward: Toward, connected: Socket): Found {
  const { tcp } = asking.packet;
  const isAnew = connected.state === 'TIME-WAIT' && tcp?.syn === true && !tcp.ack && !tcp.rst && !tcp.fin;
  const listener = isAnew ? listening(asking, toward) : null;
  return listener ?? transparentOf(asking, [connected]);
}

/** A connection that is being opened is as transparent as the listener that it was opened at: a rule's, or that of its own address (tcp_conn_request). */
function request(asking: Asking, toward: Toward): Found {
  const { notes, stack, packet } = asking;
  const isLed = notes?.isOpen(divertedKey(asking)) === true;
  const isNoted = isLed || notes?.isOpen(openedKey(stack, packet)) === true;
  const found = !isNoted ? null : isLed ? listening(asking, toward) : listening(asking, { address: packet.destination, port: null });
  if (found === null && (isLed || !isNoted)) return untold(asking, 'which listener the connection was opened at was not told');
  return found === null || 'gap' in found ? found : { ...found, met: { ...found.met, isFull: false, isWild: false, mark: undefined } };
}

function listening(asking: Asking, toward: Toward): Found {
  const { stack, packet, in: device } = asking;
  const { listeners } = stack;
  if (listeners.is === 'gap') return { gap: listeners.gap };
  const port = toward.port ?? packet.destinationPort;
  const all = listeners.table.get(`${packet.protocol} ${port}`) ?? [];
  const address = toward.address ?? (all.every(isOnAll) ? packet.destination : firstOf(asking));
  if (typeof address !== 'string') return address;
  const best = met({ stack, packet: { ...packet, destination: address, destinationPort: port }, in: device }, all);
  const found = transparentOf(asking, best);
  // one that is not transparent may not be the one that is met
  return found === null && !listeners.complete ? untold(asking, 'the sockets were not all captured') : found;
}

const isOnAll = ({ local: { address } }: Socket): boolean => address === null || address === '0.0.0.0' || address === '::';

/**
 * The first address of the device that the packet came in by, that is none of a range's later ones or on its way out; else the packet's own
 * (nf_tproxy_laddr4, nf_tproxy_laddr6). Which is the first only a whole reading tells.
 */
function firstOf({ stack, packet, in: device }: Asking): Ip | { readonly gap: Gap } {
  const { addresses } = stack;
  if (addresses.is === 'gap') return { gap: addresses.gap };
  if (!addresses.complete) {
    const detail = `the addresses of ${device?.name ?? 'the device'} were not all read`;
    return { gap: { of: 'address', scope: stack.scope, why: 'not collected', detail } };
  }
  const six = familyOf(packet.destination) === 6;
  const own = (addresses.table.byDevice.get(device?.name ?? '') ?? []).filter(({ address }) => (familyOf(address) === 6) === six);
  const usable = own.find(({ secondary, tentative, deprecated }) => (six ? tentative !== true && deprecated !== true : secondary !== true));
  return usable?.address ?? packet.destination;
}

/** Several share a port: a hash picks one, and they are asked for what they have in common. */
function transparentOf(asking: Asking, best: readonly Socket[]): Found {
  const [first] = best;
  if (first === undefined || best.every(({ transparent }) => transparent === false)) return null;
  const isSure = best.every((one) => one.transparent === true && isFull(one) === isFull(first));
  return isSure
    ? { socket: first, met: captured(first) }
    : untold(asking, `whether the socket on ${first.local.port} is transparent was not captured`);
}

const untold = ({ stack }: Asking, detail: string): { readonly gap: Gap } => ({
  gap: { of: 'socket', scope: stack.scope, why: 'not told', detail },
});
