import assert from 'node:assert/strict';
import test from 'node:test';
import type { Link } from '#facts/link/link';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { mac } from '#net/mac';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { FRESH } from '../state.ts';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const [node, pod] = [healthy.node('A'), healthy.pod('A')];
const rejecting = healthy.rule(node.scope, 'filter', '-A INPUT -p tcp -j REJECT --reject-with tcp-reset', 0);

/** The ends of a segment that a pod's frame brings to its node alone, and of what answers it. */
function ends(destination: string): readonly string[] {
  const world = worldOf(rejecting.facts);
  const macOf = (link: Link | undefined) => mac`${link?.mac ?? ''}`;
  const [from, to] = [macOf(world.stack(pod.scope)?.link('eth0')), macOf(world.stack(node.scope)?.link('cni0'))];
  const packet: Packet = {
    source: pod.address,
    destination: ip`${destination}`,
    protocol: 'tcp',
    sourcePort: 40_001,
    destinationPort: 8080,
    tcp: { syn: false, ack: true, rst: false, fin: false },
    icmp: null,
    size: 40,
    df: false,
    ttl: 64,
    mark: 0,
  };
  const done = exchange(world, { from: pod.scope, packet, frame: { device: 'eth0', from, to } }, FRESH);
  return done?.branches[0]?.result.walks.map(({ disposition }) => disposition) ?? [];
}

/** Linux 6.18: a segment to 255.255.255.255 in a frame for one machine alone was rejected there, and nothing came back. */
test('what was for many a rule resets for nobody (nf_send_reset)', () => {
  assert.equal(ends(node.address).length, 2);
  assert.deepEqual(ends('255.255.255.255'), ['rejected']);
});

/** Linux 6.18: REJECT of raw packets of protocol 4 told nobody, in IPv4 as in IPv6; those of GRE and ESP it told. */
test('what a tunnel carries has no sum of its own, so that nobody is told of its rejection (nf_reject_verify_csum)', () => {
  const world = worldOf(healthy.rule(node.scope, 'filter', '-A INPUT -j REJECT', 0).facts);
  const bare = { source: pod.address, destination: node.gateway, sourcePort: 0, destinationPort: 0, tcp: null, icmp: null } as const;
  const told = (protocol: Packet['protocol']): readonly string[] => {
    const packet: Packet = { ...bare, protocol, size: 84, df: false, ttl: 64, mark: 0 };
    const done = exchange(world, { from: pod.scope, packet }, FRESH);
    return done?.branches[0]?.result.walks.map(({ disposition }) => disposition) ?? [];
  };
  for (const protocol of ['ipip', 'ipv6'] as const) assert.deepEqual(told(protocol), ['rejected'], protocol);
  for (const protocol of ['gre', 'esp', 'ah'] as const) assert.deepEqual(told(protocol), ['rejected', 'delivered'], protocol);
});

/** Linux 6.18, scene route:s8.993+aim~hash-inside~hash-fields~hash-ports*1000: its sender had learnt a smaller MTU of the path. */
test('of the first piece of a packet that nobody puts together nobody is told (nf_ip_checksum)', () => {
  const told = (rules: readonly string[], protocol: Packet['protocol'], mtu: number): readonly string[] => {
    const built = rules.reduce((all, rule) => all.rule(pod.scope, 'filter', rule, 0), healthy.link(node.scope, 'cni0', { mtu }));
    const tcp = protocol === 'tcp' ? { syn: true, ack: false, rst: false, fin: false } : null;
    const icmp = protocol === 'icmp' ? { type: 8, code: 0, id: 7 } : null;
    const packet: Packet = {
      ...{ source: node.gateway, destination: pod.address, sourcePort: 4000, destinationPort: 9, tcp, icmp, protocol },
      ...{ size: 1400, df: false, ttl: 64, mark: 0 },
    };
    const done = exchange(worldOf(built.facts), { from: node.scope, packet }, FRESH);
    return done?.branches[0]?.result.walks.map(({ disposition }) => disposition) ?? [];
  };
  const reject = '-A INPUT -j REJECT';
  assert.deepEqual(told([reject], 'udp', 1450), ['rejected', 'delivered'], 'it came whole');
  assert.deepEqual(told([reject], 'udp', 1000), ['rejected']);
  assert.deepEqual(told([reject], 'sctp', 1000), ['rejected', 'delivered']);
  assert.deepEqual(told([reject], 'icmp', 1000), ['unknown']);
  assert.deepEqual(told([`${reject} --reject-with tcp-reset -p tcp`], 'tcp', 1000), ['rejected']);
  const tracking = '-A INPUT -m conntrack --ctstate INVALID -j DROP';
  assert.deepEqual(told([reject, tracking], 'udp', 1000), ['rejected', 'delivered'], 'conntrack puts it together');
});

test('a code that nft lists by its number is answered, one of a name that is not known is unknown (nft_reject.c)', () => {
  const asked = (built: typeof healthy) =>
    trace(worldOf(built.facts), { from: pod.scope, to: node.gateway, protocol: 'udp', port: 53 }).outcomes[0];
  const byNft = (code: string) =>
    asked(withNft(healthy, node.scope, `table ip t {\nchain i {\ntype filter hook input priority 0;\nreject with icmp ${code}\n}\n}\n`));
  const said = (outcome: ReturnType<typeof asked>) => outcome?.reply?.received.icmp?.code;
  assert.deepEqual([said(byNft('host-prohibited')), said(byNft('5'))], [10, 5]);
  const odd = asked(healthy.rule(node.scope, 'filter', '-A INPUT -p udp -j REJECT --reject-with icmp-source-quench', 0));
  assert.deepEqual([odd?.works, odd?.reason.gap?.of], ['unknown', 'iptables']);
});
