import type { IpvsServer } from '#facts/ipvs-service/ipvs-service';
import { cidr } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { mac } from '#net/mac';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const SETTING = 'net.ipv4.vs.expire_quiescent_template';
const VIRTUAL = ip`10.96.77.77`;
const subject = 'node/D';
const healthy = cluster();
const { scope, bridge, gateway } = healthy.node('D');
const client = healthy.pod('D');
const [live] = (healthy.services.find(({ name }) => name === 'default/web:http')?.endpoints ?? []).map((address) => ({ address }));
if (live === undefined) throw new Error('a built Service has endpoints');
/** An address of the node's pods that none has by now. */
const gone = ip`${gateway.replace(/\d+$/, '240')}`;

const server = (address: Ip, weight: number): IpvsServer => ({ address, port: 8080, forward: 'masq', weight, active: 1, inactive: 1 });

/** What kube-proxy of node D has made in IPVS mode of a Service that keeps its clients: its device, and a virtual server. */
function balancing(servers: readonly IpvsServer[], setting: string | null, from = healthy): BuiltCluster {
  const links = healthy.facts.seen('link', scope);
  const routes = healthy.facts.seen('route', scope);
  const addresses = healthy.facts.seen('address', scope);
  const model = links.is === 'seen' ? links.value.find(({ name }) => name === bridge) : undefined;
  const local = routes.is === 'seen' ? routes.value.find(({ table, type }) => table === 'local' && type === 'local') : undefined;
  const address = addresses.is === 'seen' ? addresses.value[0] : undefined;
  if (model === undefined || local === undefined || address === undefined) throw new Error('a built node has links, routes, addresses');
  const match = { by: 'address', protocol: 'tcp', address: VIRTUAL, port: 80 } as const;
  const built = from
    .put('link', scope, { ...model, name: 'kube-ipvs0', type: 'dummy', index: 77, bridge: null })
    .put('address', scope, { ...address, dev: 'kube-ipvs0', address: VIRTUAL, length: 32 })
    .put('route', scope, { ...local, to: cidr`10.96.77.77/32`, hops: local.hops.map((hop) => ({ ...hop, dev: 'kube-ipvs0' })) })
    .put('sysctl', scope, { name: 'net.ipv4.vs.conntrack', value: '1' })
    .put('ipvs-service', scope, { match, scheduler: 'rr', persistentSeconds: 10_800, perPacket: false, servers })
    .put('neighbour', scope, { dev: bridge, address: gone, mac: null, state: 'failed', proxy: false });
  return setting === null ? built : built.put('sysctl', scope, { name: SETTING, value: setting });
}

/** With an entry that keeps the client at a server. */
const keeping = (built: BuiltCluster, at: Ip, kept: Ip = client.address): BuiltCluster =>
  built.put('ipvs-connection', scope, {
    ...{ protocol: 'tcp', client: kept, clientPort: 0, virtual: VIRTUAL, virtualPort: 80 },
    ...{ server: at, serverPort: 8080, state: 'NONE', expiresSeconds: 10_700 },
  });

/** A pod of a node that nobody captured. */
const far = healthy.pod('C').address;
const partly = healthy.withoutNode('C');

const quiet = [server(gone, 0), server(live.address, 1)];
const pinned = keeping(balancing(quiet, '0'), gone);

cases(fault, {
  found: [
    { name: 'a pod of the node is kept at a server that is gone', facts: pinned.facts, subject },
    { name: 'the same of a client outside the cluster', facts: keeping(balancing(quiet, '0'), gone, ip`203.0.113.9`).facts, subject },
    {
      name: 'its Ethernet address is still believed',
      facts: pinned.change('neighbour', scope, `${bridge} ${gone}`, { mac: mac`0a:58:0a:64:29:f0`, state: 'stale' }).facts,
      subject,
    },
    {
      name: 'a file has the setting at boot',
      facts: pinned.put('sysctl-file', scope, {
        path: '/etc/sysctl.d/50-ipvs.conf',
        settings: [{ name: SETTING, value: '1', line: 1, optional: false }],
      }).facts,
      subject,
    },
  ],
  absent: [
    { name: 'no node has IPVS', facts: healthy.facts },
    { name: 'the setting ends what is kept at weight 0', facts: keeping(balancing(quiet, '1'), gone).facts, subject },
    {
      name: 'the server of weight 0 still answers: it drains',
      facts: keeping(balancing([server(healthy.pod('D', 1).address, 0), server(live.address, 1)], '0'), healthy.pod('D', 1).address).facts,
      subject,
    },
    {
      name: 'the server was taken out: its entry keeps nobody',
      facts: keeping(balancing([server(live.address, 1)], '0'), gone).facts,
      subject,
    },
    { name: 'nobody is kept at the server of weight 0', facts: keeping(balancing(quiet, '0'), live.address).facts, subject },
  ],
  unknown: [
    { name: 'the virtual servers were not read', facts: pinned.without('ipvs-service', scope).facts, subject },
    { name: 'the connections of IPVS were not read', facts: pinned.without('ipvs-connection', scope).facts, subject },
    { name: 'the setting was not read', facts: keeping(balancing(quiet, null), gone).facts, subject },
    {
      name: 'its node was not captured',
      facts: keeping(balancing([server(far, 0), server(live.address, 1)], '0', partly), far).facts,
      subject,
    },
  ],
});
