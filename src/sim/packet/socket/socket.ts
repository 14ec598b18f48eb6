import type { Link } from '#facts/link/link';
import type { Socket } from '#facts/socket/socket';
import { citeAbsence } from '#dataplane/reading';
import { familyOf } from '#net/ip';
import { end, type Next, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import { portless, vrfOf } from '../route/flow.ts';
import { lookup, type RouteFlow } from '../route/lookup.ts';
import { sourceFor } from '../route/source.ts';
import { either, setting } from '../setting.ts';
import { isForMany, isRoutedToAny6, isRoutedToMany, type Skb } from '../skb.ts';
import type { Diverted } from './diverted.ts';
import { connectedSocket, isFull, listener } from './find.ts';
import { divertedKey, openedKey } from './met.ts';
import { knowsSctp, toStrangers } from './sctp.ts';
import { isOn, lostBy } from '../setting-on.ts';
import { isHandled, tunnelFor } from '../tunnel/receive.ts';
import { withoutFrame } from '../vxlan/without-frame.ts';

/** Hands a packet to who listens: the stack itself for ICMP, a socket, or nobody (net/ipv4/icmp.c, tcp_ipv4.c, udp.c). */
export function deliverToSocket(run: Run, skb: Skb): Next {
  const { packet, stack } = skb;
  if (packet.icmp !== null) return deliverIcmp(run, skb);
  if (packet.fragment !== undefined && packet.fragment.offset > 0)
    return taken(skb, 'DELIVERED', 'the stack keeps the piece until it has all');
  if ((packet.protocol === 'tcp' || isOfSctp(skb)) && skb.cast !== 'host') return drop(skb, 'NOT_SPECIFIED', forMany(packet));
  if (skb.diverted !== null) return toDiverted(run, skb, skb.diverted);
  const kernel = kernelSocket(run, skb);
  if (kernel !== undefined) return kernel;
  const connected = connectedSocket(skb);
  if (connected !== undefined) return by(skb, connected, 'the connection takes it');
  const { listeners } = stack;
  if (listeners.is === 'gap')
    return taken(
      skb,
      'LISTENER_UNKNOWN',
      `reached ${packet.destination}; whether anything listens on ${packet.protocol} ${packet.destinationPort} was not captured`,
    );
  const arrived = { ...skb, in: receivedBy(skb) };
  const found = listener(run, arrived, listeners.table.get(`${packet.protocol} ${packet.destinationPort}`) ?? []);
  if (packet.protocol === 'sctp' && (found !== undefined || isOfSctp(skb)))
    return isRoutedToMany(skb) ? drop(skb, 'NOT_SPECIFIED', forMany(packet)) : toStrangers(run, skb, found);
  if (found !== undefined) return toListener(run, skb, found);
  if (!listeners.complete) return taken(skb, 'LISTENER_UNKNOWN', `reached ${packet.destination}; the sockets were not all captured`);
  return nobody(skb, citeAbsence(listeners, `${packet.protocol} ${packet.destinationPort}`));
}

/**
 * The device that bound sockets are compared with: of what a namespace sends itself it is the one whose address it is, unless a rule
 * gave it another destination on its way (include/net/route.h inet_iif, net/ipv4/route.c `orig_oif = FIB_RES_OIF`, net/ipv6/ip6_input.c
 * ip6_rcv_core). The match socket looks by the device itself, which is lo.
 */
function receivedBy({ in: device, path, routedFor, packet, stack }: Skb): Link | null {
  const isKept = device?.name === 'lo' && path?.does === 'local' && routedFor === packet.destination;
  return isKept ? (stack.link(path.dev) ?? device) : device;
}

const forMany = ({ protocol }: Skb['packet']): string => `${protocol.toUpperCase()} takes nothing that was sent to all`;

const toAny = ({ destination }: Skb['packet']): string => `TCP opens nothing at ${destination}, which is anycast`;

const taken = (skb: Skb, code: string, says: string): Next => end(skb, { disposition: 'delivered', code, says });
const drop = (skb: Skb, code: string, says: string, by: readonly FactRef[] = []): Next =>
  end(skb, { disposition: 'dropped', code, says, by });

const by = (skb: Skb, socket: Socket, says: string): Next =>
  end(skb, { disposition: 'delivered', code: 'DELIVERED', says, by: [skb.stack.cite('socket', socket)] });

/** The socket that a rule gave it to takes it, whatever its address and port (inet_steal_sock). */
function toDiverted(run: Run, skb: Skb, { socket }: Diverted): Next {
  const isListener = socket.state === 'LISTEN' || socket.remote === null;
  return isListener ? toListener(run, skb, socket) : by(skb, socket, 'the connection takes it');
}

/** A listener takes what opens a connection, as long as it has room (tcp_v4_conn_request). */
function toListener(run: Run, skb: Skb, socket: Socket): Next {
  const { packet, stack } = skb;
  if (packet.tcp !== null && isRoutedToMany(skb)) return drop(skb, 'NOT_SPECIFIED', forMany(packet));
  // tcp_v6_conn_request
  if (packet.tcp?.syn === true && !packet.tcp.ack && isRoutedToAny6(skb)) return drop(skb, 'NOT_SPECIFIED', toAny(packet));
  const isOpening = packet.tcp === null || (packet.tcp.syn && !packet.tcp.ack);
  if (packet.tcp !== null && isOpening && isFull(socket)) {
    const says = `${nameOf(socket)} accepts no connections: ${socket.recvQ} wait, ${socket.sendQ} are allowed`;
    return drop(skb, 'TCP_LISTEN_OVERFLOW', says, [stack.cite('socket', socket)]);
  }
  if (packet.tcp !== null) noteRequest(run, skb);
  if (!isOpening) return by(skb, socket, 'the connection takes it');
  return by(skb, socket, `${nameOf(socket)} listens on ${packet.protocol} ${packet.destinationPort}`);
}

/** A SYN leaves a request behind, a bare reset takes it away (tcp_conn_request, tcp_check_req). */
function noteRequest({ notes }: Run, skb: Skb): void {
  const { stack, packet, diverted } = skb;
  const { syn, ack, rst, fin } = packet.tcp ?? {};
  if (ack === true) return;
  const [plain, led] = [openedKey(stack, packet), divertedKey(skb)];
  if (rst === true) {
    notes.close(plain);
    notes.close(led);
  } else if (syn === true && fin !== true) {
    if (diverted !== null && !notes.isOpen(plain)) notes.open(led);
    notes.open(plain);
  }
}

const nameOf = ({ process }: Socket): string => process?.name ?? 'a socket';

/** Whether SCTP may be what takes it; without, the kernel knows no such protocol. */
const isOfSctp = ({ stack, packet }: Skb): boolean => packet.protocol === 'sctp' && knowsSctp(stack) !== false;

/**
 * Without a socket of it the kernel has not loaded SCTP, and knows no such protocol (ip_protocol_deliver_rcu); so it is with tunnels
 * without a device, and with IPsec, whose modules come with its first state (net/xfrm/xfrm_state.c xfrm_get_type).
 */
const NO_PROTOCOL = 2;
const NO_PORT = 3;

/** Nobody takes it: a reset, or an error, unless it was sent to all (tcp_v4_send_reset, __udp4_lib_rcv). */
function nobody(skb: Skb, cited: readonly FactRef[]): Next {
  const { packet } = skb;
  const isPorted = packet.protocol === 'tcp' || packet.protocol === 'udp';
  const says = isPorted ? `nothing listens on ${packet.protocol} ${packet.destinationPort}` : `this kernel takes no ${packet.protocol}`;
  // UDP looks for all that listen, and finds none (__udp4_lib_mcast_deliver)
  if (packet.protocol === 'udp' && isRoutedToMany(skb)) return drop(skb, 'NOT_SPECIFIED', says, cited);
  if (isForMany(skb)) return drop(skb, isPorted ? 'NO_SOCKET' : 'IP_NOPROTO', says, cited);
  // no reset leaves from there (tcp_v6_send_reset)
  if (packet.protocol === 'tcp' && isRoutedToAny6(skb)) return drop(skb, 'NO_SOCKET', says, cited);
  const isKnown = isPorted || isHandled(skb);
  const error = packet.protocol === 'tcp' ? { type: 0, code: 0, reset: true as const } : { type: 3, code: isKnown ? NO_PORT : NO_PROTOCOL };
  const code = isPorted ? 'NO_SOCKET' : isKnown ? 'NOT_SPECIFIED' : 'IP_NOPROTO';
  return end(skb, { disposition: 'no listener', code, says, by: cited, error });
}

/** Tunnels of the kernel listen without a socket that any tool shows; what is none of theirs they drop (vxlan_rcv). */
function kernelSocket(run: Run, skb: Skb): Next | undefined {
  const { packet, stack, carries } = skb;
  const untold = carries === null ? tunnelFor(skb) : undefined;
  if (untold !== undefined) {
    const detail = `what a packet of ${packet.protocol} carries was not told: ${untold.name} may take it`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail }, [stack.cite('link', untold)]);
  }
  return packet.protocol === 'udp' && carries === null ? withoutFrame(run, skb) : undefined;
}

/** Questions of ICMP that the stack answers: echo and timestamp, and ICMPv6's echo. */
const [ECHO, TIMESTAMP, ECHO6] = [8, 13, 128];
/** Of ICMP IPv4 takes only questions that are for many, and their answers (icmp_rcv): echo, timestamp, address mask and its answer. */
const FOR_MANY: ReadonlySet<number> = new Set([ECHO, TIMESTAMP, 17, 18]);

function deliverIcmp(run: Run, skb: Skb): Next {
  const four = familyOf(skb.packet.destination) === 4;
  const type = skb.packet.icmp?.type ?? 0;
  const lost = four && isRoutedToMany(skb) ? ofMany(run, skb, type) : undefined;
  if (lost !== undefined) return lost;
  if (four && type === TIMESTAMP) return answered4(run, skb, 'the stack tells its time (icmp_timestamp)');
  if (type !== ECHO && type !== ECHO6) return taken(skb, 'DELIVERED', 'the stack takes it');
  return ignoredEcho(run, skb, four) ?? (four ? answered4 : answered6)(run, skb, 'the stack answers the echo');
}

/** What was sent to many and is not for many, or ignored (icmp_rcv). */
function ofMany(run: Run, skb: Skb, type: number): Next | undefined {
  if (!FOR_MANY.has(type)) return drop(skb, 'INVALID_PROTO', `ICMP of type ${type} is for one machine`);
  if (type !== ECHO && type !== TIMESTAMP) return undefined;
  return ignored(run, skb, 'net.ipv4.icmp_echo_ignore_broadcasts', ' to all', 'INVALID_PROTO');
}

/** An echo that is ignored: every one, and of IPv6 one to a group or to an anycast address (icmp_echo, icmpv6_echo_reply). */
function ignoredEcho(run: Run, skb: Skb, four: boolean): Next | undefined {
  const any = ignored(run, skb, four ? 'net.ipv4.icmp_echo_ignore_all' : 'net.ipv6.icmp.echo_ignore_all', '');
  if (any !== undefined || four) return any;
  if (isRoutedToMany(skb)) return ignored(run, skb, 'net.ipv6.icmp.echo_ignore_multicast', ' to groups');
  return isRoutedToAny6(skb) ? ignored(run, skb, 'net.ipv6.icmp.echo_ignore_anycast', ' to anycast addresses') : undefined;
}

const ignored = (run: Run, skb: Skb, name: string, to: string, code = 'NOT_SPECIFIED'): Next | undefined =>
  lostBy(run, skb, setting(skb.stack, name), code, `echo requests${to} are ignored (${name.split('.').at(-1)})`);

/** What was asked of one machine is answered from there, of many from the address that a packet to the asker would have (net/ipv4/fib_frontend.c fib_compute_spec_dst). */
function answered4(run: Run, skb: Skb, says: string): Next {
  const { stack, packet, in: device } = skb;
  if (!isRoutedToMany(skb)) return taken(skb, 'DELIVERED', says);
  const vrf = device === null ? undefined : vrfOf(stack, device.name);
  const heeds = packet.mark !== 0 && device !== null && isOn(run, stack, either(stack, device.name, 'src_valid_mark'), says);
  return answeredBack(run, skb, says, { oif: vrf?.name ?? null, mark: heeds ? packet.mark : 0, packet: portless(packet, null) });
}

/** An echo to an anycast address or a group is answered from what the way back prefers (net/ipv6/icmp.c icmpv6_echo_reply). */
function answered6(run: Run, skb: Skb, says: string): Next {
  const { stack, packet, in: device } = skb;
  if (!isRoutedToMany(skb)) {
    if (!isRoutedToAny6(skb)) return taken(skb, 'DELIVERED', says);
    const keeps = setting(stack, 'net.ipv6.anycast_src_echo_reply');
    if (isOn(run, stack, keeps, `the answer may come from ${packet.destination}`)) return taken(skb, 'DELIVERED', says);
  }
  const headers = { protocol: 'icmpv6', sourcePort: 0, destinationPort: 0, icmp: { type: 129, code: 0, id: 0 } } as const;
  return answeredBack(run, skb, says, { oif: device === null || device.name === 'lo' ? null : device.name, mark: 0, packet: headers });
}

/** An answer from what the way back to the asker prefers; from nowhere where none leads back, of IPv6 where it asked itself. */
function answeredBack(run: Run, skb: Skb, says: string, by: Pick<RouteFlow, 'oif' | 'mark' | 'packet'>): Next {
  const { stack, packet } = skb;
  const back = lookup(run, stack, { ...by, source: null, destination: packet.source, iif: 'lo', ofKernel: true });
  if (back.is === 'gap') return unknown(skb, back.gap);
  const isOwn6 = back.is === 'path' && back.path.does === 'local' && familyOf(packet.source) === 6;
  if (back.is === 'error' || isOwn6) return taken(skb, 'DELIVERED', says);
  const source = sourceFor(stack, back.path, packet.source);
  if (source.is === 'gap') return unknown(skb, source.gap);
  return end(skb, { disposition: 'delivered', code: 'DELIVERED', says, by: source.by, answersFrom: source.address });
}
