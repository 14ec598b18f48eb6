import type { Link } from '#facts/link/link';
import type { Socket } from '#facts/socket/socket';
import { citeAbsence } from '#dataplane/reading';
import { familyOf } from '#net/ip';
import { end, type Next, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import { portless, vrfOf } from '../route/flow.ts';
import { lookup } from '../route/lookup.ts';
import { sourceFor, type SourceAnswer } from '../route/source.ts';
import { either, setting } from '../setting.ts';
import { isForMany, isRoutedToAny6, isRoutedToMany, type Skb } from '../skb.ts';
import type { Diverted } from './diverted.ts';
import { connectedSocket, isFull, listener } from './find.ts';
import { divertedKey, openedKey } from './met.ts';
import { knowsSctp, toStrangers } from './sctp.ts';
import { isOn } from '../setting-on.ts';
import { isHandled, tunnelFor } from '../tunnel/receive.ts';

/** Hands a packet to who listens: the stack itself for ICMP, a socket, or nobody (net/ipv4/icmp.c, tcp_ipv4.c, udp.c). */
export function deliverToSocket(run: Run, skb: Skb): Next {
  const { packet, stack } = skb;
  if (packet.icmp !== null) return deliverIcmp(run, skb);
  if (packet.fragment !== undefined && packet.fragment.offset > 0)
    return taken(skb, 'DELIVERED', 'the stack keeps the piece until it has all');
  if ((packet.protocol === 'tcp' || isOfSctp(skb)) && skb.cast !== 'host') return drop(skb, 'NOT_SPECIFIED', forMany(packet));
  if (skb.diverted !== null) return toDiverted(run, skb, skb.diverted);
  const kernel = kernelSocket(skb);
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
function kernelSocket(skb: Skb): Next | undefined {
  const { packet, stack, carries } = skb;
  const untold = carries === null ? tunnelFor(skb) : undefined;
  if (untold !== undefined) {
    const detail = `what a packet of ${packet.protocol} carries was not told: ${untold.name} may take it`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail }, [stack.cite('link', untold)]);
  }
  if (packet.protocol !== 'udp' || carries !== null || stack.links.is === 'gap') return undefined;
  const tunnel = stack.links.table.all.find(({ up, vxlan }) => up !== false && vxlan != null && vxlan.port === packet.destinationPort);
  if (tunnel === undefined) return undefined;
  return drop(skb, 'VXLAN_INVALID_HDR', `${tunnel.name} listens on UDP ${packet.destinationPort}, and this is no VXLAN`, [
    stack.cite('link', tunnel),
  ]);
}

/** Of ICMP IPv4 takes only questions that are for many, and their answers (icmp_rcv): echo, timestamp, address mask and its answer. */
const [ECHO, TIMESTAMP] = [8, 13];
const ASKED_TIME = 'the stack tells its time (icmp_timestamp)';
const FOR_MANY: ReadonlySet<number> = new Set([ECHO, TIMESTAMP, 17, 18]);

function deliverIcmp(run: Run, skb: Skb): Next {
  const { stack, packet } = skb;
  const four = familyOf(packet.destination) === 4;
  const type = packet.icmp?.type ?? 0;
  const toMany = four && isRoutedToMany(skb) ? ofMany(run, skb, type) : undefined;
  if (toMany !== undefined) return toMany;
  if (four && type === TIMESTAMP) return isRoutedToMany(skb) ? answeredToMany(run, skb, ASKED_TIME) : taken(skb, 'DELIVERED', ASKED_TIME);
  if (type !== 8 && type !== 128) return taken(skb, 'DELIVERED', 'the stack takes it');
  const ignored = setting(stack, four ? 'net.ipv4.icmp_echo_ignore_all' : 'net.ipv6.icmp.echo_ignore_all');
  const all = 'echo requests are ignored (echo_ignore_all)';
  if (isOn(run, stack, ignored, all)) return drop(skb, 'NOT_SPECIFIED', all, ignored.is === 'seen' ? ignored.by : []);
  const says = 'the stack answers the echo';
  if (isRoutedToMany(skb)) return four ? answeredToMany(run, skb, says) : toGroup6(run, skb, says);
  if (!isRoutedToAny6(skb)) return taken(skb, 'DELIVERED', says);
  const anycast = setting(stack, 'net.ipv6.icmp.echo_ignore_anycast');
  const any = 'echo requests to anycast addresses are ignored (echo_ignore_anycast)';
  if (isOn(run, stack, anycast, any)) return drop(skb, 'NOT_SPECIFIED', any, anycast.is === 'seen' ? anycast.by : []);
  const keeps = setting(stack, 'net.ipv6.anycast_src_echo_reply');
  if (isOn(run, stack, keeps, `the answer may come from ${packet.destination}`)) return taken(skb, 'DELIVERED', says);
  return answeredFrom(skb, says, preferred6(run, skb));
}

/** An echo to a group of IPv6 is answered too, unless that is switched off (net/ipv6/icmp.c icmpv6_echo_reply). */
function toGroup6(run: Run, skb: Skb, says: string): Next {
  const ignored = setting(skb.stack, 'net.ipv6.icmp.echo_ignore_multicast');
  const all = 'echo requests to groups are ignored (echo_ignore_multicast)';
  if (isOn(run, skb.stack, ignored, all)) return drop(skb, 'NOT_SPECIFIED', all, ignored.is === 'seen' ? ignored.by : []);
  return answeredFrom(skb, says, preferred6(run, skb));
}

/** What IPv4 was asked with many is answered from the address that a packet to the asker would have (net/ipv4/fib_frontend.c fib_compute_spec_dst). */
function answeredToMany(run: Run, skb: Skb, says: string): Next {
  const { stack, packet, in: device } = skb;
  const vrf = device === null ? undefined : vrfOf(stack, device.name);
  const heeds = packet.mark !== 0 && device !== null && isOn(run, stack, either(stack, device.name, 'src_valid_mark'), says);
  const asked = { source: null, destination: packet.source, iif: 'lo', oif: vrf?.name ?? null, mark: heeds ? packet.mark : 0 } as const;
  const back = lookup(run, stack, { ...asked, packet: portless(packet, null), ofKernel: true });
  return answeredFrom(skb, says, back.is === 'path' ? sourceFor(stack, back.path, packet.source) : back.is === 'gap' ? back : undefined);
}

function answeredFrom(skb: Skb, says: string, source: SourceAnswer | undefined): Next {
  if (source === undefined) return taken(skb, 'DELIVERED', says);
  if (source.is === 'gap') return unknown(skb, source.gap);
  return end(skb, { disposition: 'delivered', code: 'DELIVERED', says, by: source.by, answersFrom: source.address });
}

/** An echo to an anycast address or a group is answered from what the way back prefers (net/ipv6/icmp.c icmpv6_echo_reply); from nowhere where none leads back. */
function preferred6(run: Run, { stack, packet, in: device }: Skb): SourceAnswer | undefined {
  const headers = { protocol: 'icmpv6', sourcePort: 0, destinationPort: 0, icmp: { type: 129, code: 0, id: 0 } } as const;
  const oif = device === null || device.name === 'lo' ? null : device.name;
  const asked = { source: null, destination: packet.source, iif: 'lo', oif, mark: 0, packet: headers, ofKernel: true } as const;
  const back = lookup(run, stack, asked);
  if (back.is === 'gap') return back;
  return back.is === 'error' || back.path.does === 'local' ? undefined : sourceFor(stack, back.path, packet.source);
}

function ofMany(run: Run, skb: Skb, type: number): Next | undefined {
  if (!FOR_MANY.has(type)) return drop(skb, 'INVALID_PROTO', `ICMP of type ${type} is for one machine`);
  if (type !== ECHO && type !== TIMESTAMP) return undefined;
  const ignored = setting(skb.stack, 'net.ipv4.icmp_echo_ignore_broadcasts');
  const says = 'echo requests to all are ignored (icmp_echo_ignore_broadcasts)';
  return isOn(run, skb.stack, ignored, says) ? drop(skb, 'INVALID_PROTO', says, ignored.is === 'seen' ? ignored.by : []) : undefined;
}
