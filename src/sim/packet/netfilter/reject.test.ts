import assert from 'node:assert/strict';
import test from 'node:test';
import type { Link } from '#facts/link/link';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { mac } from '#net/mac';
import { dualStack, six } from '#testing/built/dual-stack';
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

/** Linux 6.18, scene vxlan:s10.875+aim*1000: behind VXLAN REJECT told of raw packets of 4, 41 and 253 too, there and in the pod that they went on to. */
test('what came out of VXLAN has a sum that counts as checked, on its further way too (skb_csum_unnecessary)', () => {
  const two = cluster({ nodes: 2, podsPerNode: 1 });
  const [from, to] = [two.pod('A'), two.pod('B')];
  const told = (built: typeof two, protocol: Packet['protocol'], size = 84): readonly string[] => {
    const bare = { source: from.address, destination: to.address, sourcePort: 0, destinationPort: 0, tcp: null, icmp: null } as const;
    const packet: Packet = { ...bare, protocol, size, df: false, ttl: 64, mark: 0 };
    const done = exchange(worldOf(built.facts), { from: from.scope, packet }, FRESH);
    return done?.branches[0]?.result.walks.map(({ disposition }) => disposition) ?? [];
  };
  const at = (scope: typeof from.scope, chain: string) => two.rule(scope, 'filter', `-A ${chain} -p ipv6 -j REJECT`, 0);
  assert.deepEqual(told(at(two.node('A').scope, 'FORWARD'), 'ipv6'), ['rejected'], 'before it');
  assert.deepEqual(told(at(two.node('B').scope, 'FORWARD'), 'ipv6'), ['rejected', 'delivered']);
  assert.deepEqual(told(at(to.scope, 'INPUT'), 'ipv6'), ['rejected', 'delivered']);
  assert.deepEqual(told(at(to.scope, 'INPUT').link(two.node('B').scope, 'cni0', { mtu: 1300 }), 'ipv6', 1400), ['rejected'], 'cut since');
});

/** Where a packet that a node sends to its pod by an MTU ends, and what answers it, behind these rules of the pod's; it comes in pieces where it is longer. */
function told(protocol: Packet['protocol'], mtu: number, rules: { readonly nft?: string; readonly iptables?: readonly string[] }, to = 4) {
  const base = to === 4 ? healthy : healthy.having(dualStack(healthy));
  const ruled = (rules.iptables ?? []).reduce(
    (all, rule) => all.rule(pod.scope, 'filter', rule, 0),
    base.link(node.scope, 'cni0', { mtu }),
  );
  const built = rules.nft === undefined ? ruled : withNft(ruled, pod.scope, `table inet t {\n${rules.nft}}\n`);
  const tcp = protocol === 'tcp' ? { syn: true, ack: false, rst: false, fin: false } : null;
  const icmp = protocol === 'icmp' ? { type: 8, code: 0, id: 7 } : null;
  const [source, destination] = to === 4 ? [node.gateway, pod.address] : [six(node.gateway), six(pod.address)];
  const packet: Packet = {
    ...{ source, destination, sourcePort: 4000, destinationPort: 9, tcp, icmp, protocol },
    ...{ size: 1400, df: false, ttl: 64, mark: 0 },
  };
  const done = exchange(worldOf(built.facts), { from: node.scope, packet }, FRESH);
  return done?.branches[0]?.result.walks.map(({ disposition }) => disposition) ?? [];
}

const chain = (hook: string, rule: string): string => `chain ${hook} {\ntype filter hook ${hook} priority 0; policy accept;\n${rule}\n}\n`;
const early = chain('prerouting', 'reject');
const TOLD = ['rejected', 'delivered'];

/** Linux 6.18, scene route:s8.993+aim~hash-inside~hash-fields~hash-ports*1000: its sender had learnt a smaller MTU of the path. */
test('of the first piece of a packet that nobody puts together nobody is told (nf_ip_checksum)', () => {
  assert.deepEqual(told('udp', 1450, { nft: early }), TOLD, 'it came whole');
  assert.deepEqual(told('udp', 1300, { nft: early }), ['rejected']);
  assert.deepEqual(told('sctp', 1300, { nft: early }), TOLD);
  assert.deepEqual(told('icmp', 1300, { nft: early }), ['unknown']);
  assert.deepEqual(told('tcp', 1300, { nft: chain('prerouting', 'meta l4proto tcp reject with tcp reset') }), ['rejected']);
});

/** Linux 6.18: so were datagrams of 1400 bytes by an MTU of 1300, in both families, with each of these rules. */
test('conntrack, a match on sockets and nft’s tproxy put it together before any rule, nft’s socket does not (nft_tproxy_init, nft_socket_init)', () => {
  const beside = (rule: string, to?: number) => told('udp', 1300, { nft: `${early}chain beside {\n${rule}\n}\n` }, to);
  const tracking = ['-A INPUT -m conntrack --ctstate INVALID -j DROP'];
  assert.deepEqual(told('udp', 1300, { nft: early, iptables: tracking }), TOLD);
  assert.deepEqual(told('udp', 1300, { nft: early, iptables: ['-A INPUT -p udp -m socket'] }), TOLD);
  assert.deepEqual(beside('udp dport 53 tproxy to :7777'), TOLD);
  assert.deepEqual(beside('udp dport 53 tproxy ip6 to [::1]:7777'), ['rejected'], 'of the other family');
  assert.deepEqual([beside('udp dport 53 tproxy ip6 to [::1]:7777', 6), beside('counter', 6)], [TOLD, ['rejected']]);
  assert.deepEqual(beside('socket transparent 1 accept'), ['rejected']);
});

test('whether pieces that a tunnel’s sum vouched for were put together and cut again is not known', () => {
  const bare = { sourcePort: 4000, destinationPort: 9, tcp: null, icmp: null, size: 1400, df: false, ttl: 64, mark: 0 } as const;
  const told = (built: typeof healthy, from: typeof pod.scope, source: Packet['source'], destination: Packet['source']) => {
    const packet: Packet = { ...bare, source, destination, protocol: 'udp' };
    return exchange(worldOf(built.facts), { from, packet }, FRESH)?.branches[0]?.result.walks.map(({ disposition }) => disposition);
  };
  const two = cluster({ nodes: 2, podsPerNode: 1 });
  const [from, to] = [two.pod('A'), two.pod('B')];
  const onto = (at: typeof from.scope, device: string) =>
    told(withNft(two.link(at, device, { mtu: 1300 }), to.scope, `table inet t {\n${early}}\n`), from.scope, from.address, to.address);
  assert.deepEqual(onto(from.scope, 'eth0'), ['unknown'], 'cut before VXLAN: put together and cut again since or not');
  assert.deepEqual(onto(two.node('B').scope, 'cni0'), ['rejected'], 'cut behind it');
});

test('what is delivered IPv4 puts together before INPUT, IPv6 behind it (ip_local_deliver, ip6_input)', () => {
  const late = chain('input', 'reject');
  assert.deepEqual([told('udp', 1300, { nft: late }), told('udp', 1300, { nft: late }, 6)], [TOLD, ['rejected']]);
  assert.deepEqual(told('udp', 1300, { iptables: ['-A INPUT -j REJECT'] }), TOLD);
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
