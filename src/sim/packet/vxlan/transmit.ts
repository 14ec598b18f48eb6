import type { Fdb } from '#facts/fdb/fdb';
import type { Link, VxlanSettings } from '#facts/link/link';
import { familyOf, type Ip, isMulticast } from '#net/ip';
import { ZERO_MAC } from '#net/mac';
import { fdbKey } from '#dataplane/neighbours';
import { citeAbsence } from '#dataplane/reading';
import { end, type Next, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { addressType } from '../route/address-type.ts';
import { lookup } from '../route/lookup.ts';
import { sourceFor } from '../route/source.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

/** Inner Ethernet, VXLAN, UDP and IP headers (include/net/vxlan.h VXLAN_HEADROOM). */
const HEADROOM = { 4: 50, 6: 70 } as const;
const LINUX_PORT = 8472;
const EPHEMERAL = 32768;

type Remote = { readonly to: Ip; readonly vni: number; readonly port: number; readonly by: readonly FactRef[] };

/** Puts a frame into UDP for every remote that its address names (drivers/net/vxlan/vxlan_core.c vxlan_xmit). */
export function encapsulate(run: Run, skb: Skb, link: Link): Next {
  const { stack, frame } = skb;
  const { vxlan } = link;
  const by = [stack.cite('link', link)];
  if (vxlan === undefined || vxlan === null || frame === null) {
    return unknown(
      skb,
      { of: 'link', scope: stack.scope, why: 'not told', detail: `the VXLAN settings of ${link.name} were not read` },
      by,
      link.name,
    );
  }
  if (vxlan.external === true)
    return unknown(
      skb,
      { of: 'link', scope: stack.scope, why: 'not modelled', detail: `${link.name} takes its remotes from metadata` },
      by,
      link.name,
    );
  const { fdb } = stack;
  if (fdb.is === 'gap') return unknown(skb, fdb.gap, by, link.name);
  const own = fdb.table.tunnels.get(fdbKey(link.name, frame.to));
  const entries = own ?? fdb.table.tunnels.get(fdbKey(link.name, ZERO_MAC)) ?? [];
  const remotes = [
    ...entries.flatMap((entry) => remoteOf(skb, entry, vxlan)),
    ...(own === undefined && entries.length === 0 ? defaultOf(vxlan, by) : []),
  ];
  if (remotes.length === 0) {
    if (!fdb.complete)
      return unknown(
        skb,
        { of: 'fdb', scope: stack.scope, why: 'not collected', detail: `the forwarding database of ${link.name} was not read whole` },
        by,
        link.name,
      );
    const says = `${link.name} knows no remote for ${frame.to}`;
    return end(skb, {
      disposition: 'dropped',
      code: 'NO_TX_TARGET',
      says,
      by: citeAbsence(fdb, fdbKey(link.name, frame.to)),
      device: link.name,
    });
  }
  const copies = remotes.map((remote) => toRemote(run, skb, link, vxlan, remote));
  const [only] = copies;
  return copies.length === 1 && only !== undefined ? only : { stage: 'copies', of: copies };
}

const remoteOf = ({ stack }: Skb, entry: Fdb, vxlan: VxlanSettings): Remote[] =>
  typeof entry.dst === 'string'
    ? [{ to: entry.dst, vni: entry.vni ?? vxlan.vni, port: entry.port ?? vxlan.port ?? LINUX_PORT, by: [stack.cite('fdb', entry)] }]
    : [];

function defaultOf(vxlan: VxlanSettings, by: readonly FactRef[]): Remote[] {
  const to = vxlan.remote ?? vxlan.group ?? null;
  return to === null ? [] : [{ to, vni: vxlan.vni, port: vxlan.port ?? LINUX_PORT, by }];
}

/** One copy to one remote (vxlan_xmit_one): the outer packet starts on this namespace's own way out. */
function toRemote(run: Run, skb: Skb, link: Link, vxlan: VxlanSettings, remote: Remote): Next {
  const { stack, frame, packet } = skb;
  if (isMulticast(remote.to))
    return unknown(
      skb,
      { of: 'link', scope: stack.scope, why: 'not modelled', detail: `the multicast group ${remote.to} of ${link.name}` },
      remote.by,
      link.name,
    );
  if (frame === null) return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail: 'no frame' });
  if (addressType(stack, remote.to, null) === 'LOCAL') return bypass(skb, remote, vxlan, link);
  const source = vxlan.local ?? outerSource(run, skb, remote.to);
  if (typeof source !== 'string') {
    return end(skb, {
      disposition: 'dropped',
      code: 'IP_OUTNOROUTES',
      says: `no source to reach ${remote.to} from`,
      by: remote.by,
      device: link.name,
    });
  }
  const size = skb.wire + HEADROOM[familyOf(remote.to)];
  const outer: Packet = {
    source,
    destination: remote.to,
    protocol: 'udp',
    sourcePort: sourcePortOf(packet),
    destinationPort: remote.port,
    tcp: null,
    icmp: null,
    size,
    df: vxlan.df === 'set' || (vxlan.df === 'inherit' && packet.df),
    ttl: 64,
    mark: packet.mark,
  };
  const says = `${link.name} wraps it for ${remote.to} (VNI ${remote.vni}, UDP ${remote.port})`;
  return {
    stage: 'output',
    skb: {
      ...skb,
      packet: outer,
      in: null,
      frame: null,
      cast: 'host',
      path: null,
      track: null,
      bridged: null,
      carries: { packet, from: frame.from, to: frame.to, vni: remote.vni, wire: skb.wire },
      wire: size,
      hop: null,
      trail: stepped(skb.trail, 'vxlan', says, remote.by),
    },
  };
}

/** A remote that is this namespace itself: its own device of that VNI gets the frame without any outer packet, loops included (vxlan_encap_bypass). */
function bypass(skb: Skb, remote: Remote, vxlan: VxlanSettings, link: Link): Next {
  const { stack } = skb;
  const all = stack.links.is === 'seen' ? stack.links.table.all : [];
  const own = all.find(
    (other) => other.up !== false && other.vxlan?.vni === remote.vni && other.vxlan.port === (remote.port ?? vxlan.port),
  );
  if (own === undefined) {
    const says = `${remote.to} is this namespace itself, which has no device of VNI ${remote.vni}`;
    return end(skb, { disposition: 'dropped', code: 'VXLAN_VNI_NOT_FOUND', says, by: remote.by, device: link.name });
  }
  // The packet keeps its route and its connection; a route of the namespace's own sending leads nowhere when it comes in (dst_discard).
  if (skb.in === null)
    return end(skb, {
      disposition: 'dropped',
      code: 'NOT_SPECIFIED',
      says: `${own.name} gets back what this namespace sent itself`,
      by: remote.by,
      device: own.name,
    });
  const trail = stepped(skb.trail, 'vxlan', `${remote.to} is this namespace itself: ${own.name} gets it back`, remote.by);
  return { stage: 'ip', skb: { ...skb, in: own, cast: 'host', hop: null, trail }, link: own };
}

function outerSource(run: Run, { stack }: Skb, to: Ip): Ip | undefined {
  const answer = lookup(run, stack, { source: null, destination: to, iif: 'lo', oif: null, mark: 0, packet: null });
  if (answer.is !== 'path') return undefined;
  const source = sourceFor(stack, answer.path, to);
  return source.is === 'seen' ? source.address : undefined;
}

/** A hash of the inner flow, so that one connection keeps to one way (udp_flow_src_port). */
function sourcePortOf({ source, destination, sourcePort, destinationPort }: Packet): number {
  let hash = 0x811c9dc5;
  for (const character of `${source}${sourcePort}${destination}${destinationPort}`)
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return EPHEMERAL + ((hash >>> 0) % 28232);
}
