import addressAction, { addAddress } from '#actions/address/preview';
import type { Facts } from '#facts/facts';
import { ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { USUAL_POLICY, withApi } from '#testing/built/api';
import { serviceChain } from '#testing/built/rules';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const VIP = ip`192.168.1.240`;
const subject = `address/${VIP}`;
const healthy = cluster();
const web = healthy.services.find(({ name }) => name === 'default/web:http');
const chain = web === undefined ? '' : serviceChain(web);

/** A node with the address on a device. */
function holding(built: BuiltCluster, node: string, device: string, address = VIP): BuiltCluster {
  const { scope, bridge } = built.node(node);
  const [model] = built.facts.partition('link', scope)?.facts.filter(({ name }) => name === bridge) ?? [];
  if (model === undefined) throw new Error(`no ${bridge}`);
  const isThere = built.facts.partition('link', scope)?.facts.some(({ name }) => name === device) === true;
  const made = isThere ? built : built.put('link', scope, { ...model, name: device, index: 900, up: false, peerIndex: null });
  const added = addressAction.preview(made.facts, addAddress(scope, device, address, 32));
  if (added.is !== 'facts') throw new Error('the address was not added');
  return made.having(added.facts);
}

/** kube-proxy's rules that lead clients outside on to endpoints. */
const serving = (built: BuiltCluster, node: string): BuiltCluster =>
  [
    '-A KUBE-EXT-WEB -m comment --comment "masquerade traffic for default/web:http external destinations" -j KUBE-MARK-MASQ',
    `-A KUBE-EXT-WEB -j ${chain}`,
    `-A KUBE-SERVICES -d ${VIP}/32 -p tcp -m comment --comment "default/web:http loadbalancer IP" -m tcp --dport 80 -j KUBE-EXT-WEB`,
  ].reduce((now, rule) => now.rule(built.node(node).scope, 'nat', rule), built);

/** With the Service that the address belongs to; kube-vip announces it from A. */
function published(built: BuiltCluster, address = VIP): Facts {
  const all = withApi(built);
  const partition = all.partition('service', CLUSTER);
  if (partition === undefined) throw new Error('no Services');
  const loadBalancer = [{ address, hostname: null, mode: 'VIP' }] as const;
  const policy = { ...USUAL_POLICY, external: 'Local', loadBalancer, annotations: { 'kube-vip.io/vipHost': 'A' } } as const;
  const facts = partition.facts.map((one) => (one.name === 'web' ? { ...one, type: 'LoadBalancer', policy } : one));
  return all.with({ ...partition, facts } as never);
}

const led = holding(serving(healthy, 'A'), 'A', healthy.node('A').uplink);
const both = holding(led, 'D', 'kube-ipvs0');
const { scope, uplink } = healthy.node('D');

cases(fault, {
  found: [
    { name: 'kube-ipvs0 of a node without an endpoint has it', facts: published(both), subject },
    { name: 'the former leader kept it on its uplink', facts: published(holding(led, 'D', uplink)), subject },
  ],
  absent: [
    { name: 'only the leader has it', facts: published(led) },
    {
      name: 'the other node is quiet about addresses of other devices',
      facts: published(both.sysctl(scope, 'net.ipv4.conf.all.arp_ignore', 1)),
    },
    { name: 'the other node serves it too', facts: published(serving(both, 'D')) },
    {
      name: 'the address is routed to, and nobody asks for it by ARP',
      facts: published(holding(led, 'D', 'kube-ipvs0', ip`203.0.113.240`), ip`203.0.113.240`),
    },
  ],
  unknown: [{ name: 'no addresses were read', facts: published(both).without('address', scope), subject }],
});
