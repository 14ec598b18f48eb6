import type { Link } from '#facts/link/link';
import { contains } from '#net/cidr';
import { end, type Next, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import type { Carried, Skb } from '../skb.ts';
import { outerSource, unwrapped, wrapped } from '../tunnel/outer.ts';

/** The port of flannel's `udp` backend, and the headers it adds (backend/udp of flannel). */
const FLANNEL_PORT = 8285;
const HEADERS = 28;

const isFlannel = ({ name }: Link): boolean => /^flannel\d+$/.test(name);

/** A process reads what a TUN device is given. What flanneld's `udp` backend does with it is known: it sends it to the lease's owner (proxy_amd64.c tun_to_sock). */
export function tunTransmit(run: Run, skb: Skb, link: Link): Next {
  const { stack, packet } = skb;
  const by = [stack.cite('link', link)];
  const detail = `the process behind ${link.name} decides what becomes of it`;
  if (!isFlannel(link)) return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
  const leases = run.world.facts.seen('lease', { node: '', netns: '' });
  if (leases.is === 'gap') return unknown(skb, leases.gap, by, link.name);
  const lease = leases.value.find(({ subnet }) => contains(subnet, packet.destination));
  const to = lease?.publicIp;
  if (lease === undefined || typeof to !== 'string') {
    const says = `flanneld knows no lease that holds ${packet.destination}`;
    return end(skb, { disposition: 'unreachable', code: 'NOT_SPECIFIED', says, by, device: link.name, error: { type: 3, code: 0 } });
  }
  if (packet.ttl <= 1)
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says: 'its TTL ran out in flanneld', by, device: link.name });
  const source = outerSource(stack, to, null, 0);
  if (source === undefined)
    return end(skb, { disposition: 'dropped', code: 'IP_OUTNOROUTES', says: `no way to ${to}`, by, device: link.name });
  if (typeof source !== 'string') return unknown(skb, source.gap, by, link.name);
  const outer = {
    source,
    destination: to,
    protocol: 'udp' as const,
    sourcePort: FLANNEL_PORT,
    destinationPort: FLANNEL_PORT,
    size: skb.wire + HEADERS,
    df: false,
    ttl: 64,
    mark: 0,
  };
  // what a process reads and writes is a packet of its own
  const inner = { ...skb, packet: { ...packet, ttl: packet.ttl - 1 }, vouched: false };
  return wrapped(inner, outer, { how: 'ip', frame: null, id: null }, ['tun', `flanneld sends it to ${to}, who has ${lease.subnet}`, by]);
}

/** Writes what came from another flanneld into this one's device; nothing where no flanneld listens. */
export function tunReceive(skb: Skb, carried: Carried): Next | undefined {
  const { stack, packet } = skb;
  if (packet.destinationPort !== FLANNEL_PORT || stack.links.is === 'gap') return undefined;
  const device = stack.links.table.all.find((link) => link.type === 'tun' && isFlannel(link) && link.up !== false);
  const { listeners } = stack;
  const isHeard = listeners.is === 'gap' || !listeners.complete || (listeners.table.get(`udp ${FLANNEL_PORT}`) ?? []).length > 0;
  if (device === undefined || !isHeard) return undefined;
  const aged: Carried = { ...carried, packet: { ...carried.packet, ttl: carried.packet.ttl - 1 } };
  return unwrapped(skb, aged, device, ['tun', `flanneld writes it into ${device.name}`, [stack.cite('link', device)]], 0);
}
