import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { trace } from '#sim/packet/trace';
import { type BuiltCluster, cluster } from '#testing/world-builder';

const VIRTUAL = ip`10.96.77.77`;
const healthy = cluster();
const { scope, bridge } = healthy.node('D');
const [client, server] = [healthy.pod('D'), healthy.pod('D', 1)];

/** Node D balances between pods of its own bridge, and has no rule of iptables. */
function balancing(callsIptables: 0 | 1): BuiltCluster {
  const [links, routes, rules] = [
    healthy.facts.seen('link', scope),
    healthy.facts.seen('route', scope),
    healthy.facts.partition('iptables', scope),
  ];
  assert.ok(links.is === 'seen' && routes.is === 'seen' && rules !== undefined);
  const model = links.value.find(({ name }) => name === bridge);
  const local = routes.value.find(({ table, type }) => table === 'local' && type === 'local');
  assert.ok(model !== undefined && local !== undefined);
  const one = { address: server.address, port: 53, forward: 'masq', weight: 1, active: 0, inactive: 0 } as const;
  const match = { by: 'address', protocol: 'udp', address: VIRTUAL, port: 53 } as const;
  return healthy
    .having(healthy.facts.with({ ...rules, facts: [] }))
    .put('link', scope, { ...model, name: 'kube-ipvs0', type: 'dummy', index: 77, bridge: null })
    .put('route', scope, { ...local, to: cidr`10.96.77.77/32`, hops: local.hops.map((hop) => ({ ...hop, dev: 'kube-ipvs0' })) })
    .put('ipvs-service', scope, { match, scheduler: 'rr', persistentSeconds: null, perPacket: false, servers: [one] })
    .sysctl(scope, 'net.bridge.bridge-nf-call-iptables', callsIptables);
}

/** Measured on Linux 6.1: with bridge-nf-call-iptables = 1 and no rule a SYN-ACK from port to port comes from the virtual address. */
test('an answer that is bridged passes IPVS where the bridge shows it to iptables, rules or none (br_nf_forward_ip)', () => {
  const sources = (built: BuiltCluster) =>
    trace(worldOf(built.facts), { from: client.scope, to: VIRTUAL, protocol: 'udp', port: 53 }).outcomes.map(
      ({ reply }) => reply?.received.source,
    );
  assert.deepEqual(sources(balancing(1)), [VIRTUAL]);
  assert.deepEqual(sources(balancing(0)), [server.address]);
});

test('where the virtual servers were read only in part, whether an address is one is not known', () => {
  const built = balancing(0);
  const partition = built.facts.partition('ipvs-service', scope);
  assert.ok(partition !== undefined);
  const partly = built.facts.with({ ...partition, facts: [], covers: [] });
  const { outcomes } = trace(worldOf(partly), { from: client.scope, to: VIRTUAL, protocol: 'udp', port: 53 });
  assert.deepEqual(
    outcomes.map(({ works, reason }) => [works, reason.says]),
    [['unknown', 'the virtual servers were read only in part']],
  );
});
