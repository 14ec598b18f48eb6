import type { Link } from '#facts/link/link';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { mac } from '#net/mac';
import { CLUSTER } from '#snapshot/scope';
import type { BuiltCluster } from './world-builder.ts';

const nat = ip`10.0.2.15`;

/** D with a second interface that has the address of a NAT. */
export function withNat(built: BuiltCluster): BuiltCluster {
  const node = built.node('D');
  const links = built.facts.seen('link', node.scope);
  const uplink = links.is === 'seen' ? links.value.find(({ name }) => name === node.uplink) : undefined;
  if (uplink === undefined) throw new Error('no uplink to copy');
  const hop = { dev: 'nat0', via: null, onlink: false, weight: 1, dead: false };
  const route = { nexthopId: null, metric: 0, source: nat, protocol: 'kernel', mtu: null, tos: 0, hops: [hop] };
  return built
    .put('link', node.scope, { ...uplink, name: 'nat0', index: 77, mac: mac`02:77:00:00:00:01` })
    .put('address', node.scope, {
      dev: 'nat0',
      address: nat,
      length: 24,
      peer: null,
      broadcast: null,
      scope: 'global',
      secondary: false,
      deprecated: false,
      label: 'nat0',
    })
    .put('route', node.scope, { ...route, table: 'main', type: 'unicast', to: cidr`10.0.2.0/24`, scope: 'link' })
    .put('route', node.scope, { ...route, table: 'local', type: 'local', to: cidr`${nat}/32`, scope: 'host' });
}

/** flanneld announced the NAT's address and made D's tunnel on it; peers follow. */
export function announcedNat(healthy: BuiltCluster): BuiltCluster {
  const built = withNat(healthy);
  const node = built.node('D');
  const peers = built.nodes.filter(({ name }) => name !== 'D');
  const leased = built
    .change('lease', CLUSTER, node.subnet, (lease) => ({ ...lease, publicIp: nat, value: lease.value?.replace(node.address, nat) }))
    .change(
      'link',
      node.scope,
      node.vtep.device,
      (link): Link => (link.vxlan ? { ...link, vxlan: { ...link.vxlan, local: nat, dev: 'nat0' } } : link),
    );
  return peers.reduce(
    (now, { scope, vtep }) => now.change('fdb', scope, (one) => one.dev === vtep.device && one.mac === node.vtep.mac, { dst: nat }),
    leased,
  );
}
