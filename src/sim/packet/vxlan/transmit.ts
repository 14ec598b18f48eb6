import type { Fdb } from '#facts/fdb/fdb';
import type { Link, VxlanSettings } from '#facts/link/link';
import { familyOf, type Ip, isMulticast } from '#net/ip';
import { type Mac, ZERO_MAC } from '#net/mac';
import type { Gap } from '#snapshot/gap';
import { fdbKey } from '#dataplane/neighbours';
import { citeAbsence } from '#dataplane/reading';
import type { Stack } from '#dataplane/stack';
import { mtuOf } from '../ip/mtu.ts';
import { end, type Next, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { addressType } from '../route/address-type.ts';
import { lookup } from '../route/lookup.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { namedSource, outerSource, outerTos, taken, wrapped } from '../tunnel/outer.ts';
import { isElsewhere } from './elsewhere.ts';
import { SOURCE_PORTS, sourcePortOf } from './source-port.ts';

/** Inner Ethernet, VXLAN, UDP and IP headers (include/net/vxlan.h VXLAN_HEADROOM). */
const HEADROOM = { 4: 50, 6: 70 } as const;
const LINUX_PORT = 8472;

type Remote = {
  readonly to: Ip;
  readonly vni: number;
  readonly port: number;
  readonly by: readonly FactRef[];
  readonly outBy: string | null;
};

/** Puts a frame into UDP for every remote that its address names (drivers/net/vxlan/vxlan_core.c vxlan_xmit). */
export function encapsulate(run: Run, skb: Skb, link: Link): Next {
  const { stack, frame } = skb;
  const { vxlan } = link;
  const by = [stack.cite('link', link)];
  const gap = (of: 'link' | 'fdb', why: Gap['why'], detail: string): Next =>
    unknown(skb, { of, scope: stack.scope, why, detail }, by, link.name);
  if (vxlan === undefined || vxlan === null || frame === null)
    return gap('link', 'not told', `the VXLAN settings of ${link.name} were not read`);
  if (vxlan.external === true) return gap('link', 'not modelled', `${link.name} takes its remotes from metadata`);
  if (isElsewhere(link)) return gap('link', 'not modelled', `the outside of ${link.name} is in another namespace`);
  const { fdb } = stack;
  if (fdb.is === 'gap') return unknown(skb, fdb.gap, by, link.name);
  const remotes = remotesFor(run, skb, link, vxlan, frame.to, fdb.table.tunnels);
  if (remotes.length > 0) {
    const copies = remotes.map((remote) => toRemote(run, skb, link, vxlan, remote));
    const [only] = copies;
    return copies.length === 1 && only !== undefined ? only : { stage: 'copies', of: copies };
  }
  if (!fdb.complete) return gap('fdb', 'not collected', `the forwarding database of ${link.name} was not read whole`);
  const says = `${link.name} knows no remote for ${frame.to}`;
  return end(taken(skb, link), {
    disposition: 'dropped',
    code: 'NO_TX_TARGET',
    says,
    by: citeAbsence(fdb, fdbKey(link.name, frame.to)),
    device: link.name,
  });
}

/** The remotes of an address, as learnt on the way or captured; else those for all zeroes (vxlan_find_mac_tx). */
function remotesFor(
  run: Run,
  skb: Skb,
  link: Link,
  vxlan: VxlanSettings,
  to: Mac,
  tunnels: ReadonlyMap<string, readonly Fdb[]>,
): readonly Remote[] {
  const learnt = run.notes.learntRemote(`${skb.stack.key} ${link.name}`, to);
  if (learnt !== undefined) return [{ to: learnt, vni: vxlan.vni, port: vxlan.port ?? LINUX_PORT, by: [], outBy: null }];
  const own = tunnels.get(fdbKey(link.name, to));
  const entries = own ?? tunnels.get(fdbKey(link.name, ZERO_MAC)) ?? [];
  return entries.flatMap((entry) => remoteOf(skb, entry, vxlan));
}

const remoteOf = ({ stack }: Skb, entry: Fdb, vxlan: VxlanSettings): Remote[] =>
  typeof entry.dst === 'string'
    ? [
        {
          to: entry.dst,
          vni: entry.vni ?? vxlan.vni,
          port: entry.port ?? vxlan.port ?? LINUX_PORT,
          by: [stack.cite('fdb', entry)],
          outBy: typeof entry.via === 'string' ? entry.via : null,
        },
      ]
    : [];

/** One copy to one remote (vxlan_xmit_one). */
function toRemote(run: Run, skb: Skb, link: Link, vxlan: VxlanSettings, remote: Remote): Next {
  const { stack, frame, packet } = skb;
  if (frame === null) return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail: 'no frame' });
  const misnamed = fromElsewhere(run, skb, link, vxlan, remote);
  if (misnamed !== undefined) return misnamed;
  if (!isMulticast(remote.to) && vxlan.localBypass !== false && isItself(stack, remote)) return bypass(skb, remote, vxlan, link);
  const source = vxlan.local ?? outerSource(stack, remote.to, remote.outBy, packet.mark);
  if (typeof source === 'object') return unknown(taken(skb, link), source.gap, remote.by, link.name);
  if (typeof source !== 'string') {
    const says = `no source to reach ${remote.to} from`;
    return end(taken(skb, link), { disposition: 'dropped', code: 'IP_OUTNOROUTES', says, by: remote.by, device: link.name });
  }
  const circle = circular(run, skb, link, remote, source);
  if (circle !== undefined) return circle;
  const headroom = HEADROOM[familyOf(remote.to)];
  const narrow = overflow(run, skb, link, remote, source, headroom);
  if (narrow !== undefined) return narrow;
  const outer = {
    source,
    destination: remote.to,
    protocol: 'udp' as const,
    sourcePort: sourcePortOf(run, skb),
    drawn: { source: SOURCE_PORTS },
    destinationPort: remote.port,
    size: skb.wire + headroom,
    df: vxlan.df === 'set' || (vxlan.df === 'inherit' && (packet.df || familyOf(packet.destination) === 6)),
    ttl: ttlOf(vxlan, packet, remote.to),
    tos: outerTos(vxlan.tos, packet.tos ?? 0),
    mark: packet.mark,
  };
  const says = `${link.name} wraps it for ${remote.to} (VNI ${remote.vni}, UDP ${remote.port})`;
  return wrapped(skb, outer, { how: 'vxlan', frame, id: remote.vni }, ['vxlan', says, remote.by], remote.outBy);
}

/** A tunnel that names a source which this namespace has no more has no way to any remote (net/ipv4/udp_tunnel_core.c udp_tunnel_dst_lookup). */
function fromElsewhere(run: Run, skb: Skb, link: Link, { local }: VxlanSettings, remote: Remote): Next | undefined {
  const { stack } = skb;
  const named = typeof local === 'string' ? namedSource(run, stack, local) : undefined;
  if (named === undefined || named.is === 'own') return undefined;
  if (named.is === 'gap') return unknown(taken(skb, link), named.gap, remote.by, link.name);
  const says = `${link.name} sends from ${local}, which is no address of this namespace`;
  const by = [stack.cite('link', link), ...named.by];
  return end(taken(skb, link), { disposition: 'dropped', code: 'IP_OUTNOROUTES', says, by, device: link.name });
}

/** Whether a remote is this namespace itself; one that names its device is where the address is that device's (encap_bypass_if_local). */
function isItself(stack: Stack, { to, outBy }: Remote): boolean {
  if (outBy === null) return addressType(stack, to, null) === 'LOCAL';
  const way = lookup(null, stack, { source: null, destination: to, iif: 'lo', oif: outBy, mark: 0, packet: null });
  return way.is === 'path' && way.path.does === 'local';
}

/** A remote to which the way leads by the tunnel's own device (net/ipv4/udp_tunnel_core.c udp_tunnel_dst_lookup: ELOOP). */
function circular(run: Run, skb: Skb, link: Link, remote: Remote, source: Ip): Next | undefined {
  const mark = skb.packet.mark;
  const way = lookup(run, skb.stack, { source, destination: remote.to, iif: 'lo', oif: remote.outBy, mark, packet: null });
  if (way.is !== 'path' || way.path.dev !== link.name) return undefined;
  const says = `the way to its remote ${remote.to} leads by ${link.name} itself`;
  const by = [...remote.by, ...way.path.by];
  return end(taken(skb, link), { disposition: 'dropped', code: 'IP_OUTNOROUTES', says, by, device: link.name });
}

/** As set; what is 0, also as what it carries has it, is as the route says; a group is not left beyond the next router (vxlan_xmit_one). */
function ttlOf({ ttl = 0 }: VxlanSettings, packet: Packet, to: Ip): number {
  if (ttl === 'inherit') return packet.ttl || DEFAULT_TTL;
  return ttl || (isMulticast(to) ? 1 : DEFAULT_TTL);
}

/** Of the Linux kernel (IPDEFTTL), where neither a route nor net.ipv4.ip_default_ttl says otherwise; those are not read. */
const DEFAULT_TTL = 64;

/**
 * What does not fit the way to the remote: this namespace remembers the smaller MTU for the inside; on a bridge the sender is told,
 * in the name of the destination (include/net/ip_tunnels.h skb_tunnel_check_pmtu).
 */
function overflow(run: Run, skb: Skb, link: Link, remote: Remote, source: Ip, headroom: number): Next | undefined {
  const { stack, packet } = skb;
  const way = lookup(run, stack, { source, destination: remote.to, iif: 'lo', oif: remote.outBy, mark: packet.mark, packet: null });
  const whole = way.is === 'path' ? mtuOf(run, stack, way.path, remote.to) : undefined;
  if (whole === undefined || skb.wire <= whole.value - headroom) return undefined;
  const room = whole.value - headroom;
  if (skb.path !== null) run.learnMtu(stack, packet.destination, room);
  const onBridge = typeof link.master === 'string' && stack.link(link.master)?.type === 'bridge';
  const isTold = familyOf(packet.destination) === 4 ? packet.df && room >= 576 : skb.wire > 1280;
  if (!onBridge || !isTold) return undefined;
  const says = `${packet.size} bytes do not fit the ${room} that ${link.name} has room for`;
  const error = { type: 3, code: 4, mtu: room, from: packet.destination };
  return end(skb, { disposition: 'too big', code: 'NOT_SPECIFIED', says, by: whole.by, device: link.name, error });
}

/**
 * A remote that is this namespace itself: its own device of that VNI gets the frame without any outer packet, loops included
 * (vxlan_encap_bypass). It is looked for at sockets that are bound to the device that the remote names, of which there is none (vxlan_find_sock).
 */
function bypass(skb: Skb, remote: Remote, vxlan: VxlanSettings, link: Link): Next {
  const { stack } = skb;
  const all = stack.links.is === 'seen' ? stack.links.table.all : [];
  const own = all.find(
    (other) =>
      remote.outBy === null && other.up !== false && other.vxlan?.vni === remote.vni && other.vxlan.port === (remote.port ?? vxlan.port),
  );
  if (own === undefined) {
    const bound = remote.outBy === null ? '' : ` that is bound to ${remote.outBy}`;
    const says = `${remote.to} is this namespace itself, which has no device of VNI ${remote.vni}${bound}`;
    return end(taken(skb, link), { disposition: 'dropped', code: 'VXLAN_VNI_NOT_FOUND', says, by: remote.by, device: link.name });
  }
  const held = stack.addresses.is === 'seen' ? (stack.addresses.table.byAddress.get(remote.to) ?? []) : [];
  const by = [...remote.by, ...held.map((address) => stack.cite('address', address))];
  const left = taken(skb, link);
  const trail = stepped(
    { before: left.trail, enters: stack, in: own.name },
    'vxlan',
    `${remote.to} is this namespace itself: ${own.name} gets it back`,
    by,
  );
  // the packet keeps its route and its connection
  const outOnly = skb.in === null && familyOf(skb.packet.destination) === 4;
  const learnt = { ...skb, in: own, cast: 'host' as const, outOnly, hop: null, trail };
  return { stage: 'above', skb: learnt, link: own };
}
