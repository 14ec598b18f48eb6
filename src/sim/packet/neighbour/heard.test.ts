import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { edit } from '#facts/edit';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { dualStack, six } from '#testing/built/dual-stack';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const node = healthy.node('A');
const pod = healthy.pod('A');

/** What comes of an echo of a pod's to its node, which has to be asked for again, under chains of the node's. */
function reached(chains: string, state = 'stale') {
  const built = withNft(healthy, node.scope, `table ip6 t {\n${chains}\n}\n`);
  const fact = { dev: pod.device, address: six(node.gateway), mac: node.bridgeMac, state, proxy: false };
  const facts = edit(dualStack(built), [{ op: 'put', kind: 'neighbour', scope: pod.scope, fact } as never], 'asked again');
  return trace(worldOf(facts), { from: pod.scope, to: six(node.gateway), protocol: 'icmp' }).outcomes[0];
}

const input = (rules: string): string =>
  `chain i {\ntype filter hook input priority 0; policy drop;\nicmpv6 type echo-request accept\n${rules}\n}`;

test('who asks for a neighbour of IPv6 is heard by the rules of who has it, or nobody answers (ndisc_rcv behind NF_INET_LOCAL_IN)', () => {
  assert.equal(reached(input('icmpv6 type nd-neighbor-solicit accept'))?.works, 'yes');
  const deaf = reached(input(''));
  assert.deepEqual([deaf?.disposition, deaf?.reason.code], ['unreachable', 'NEIGH_FAILED']);
  assert.ok(
    deaf?.reason.by.some(({ kind }) => kind === 'nft'),
    'by the rule that does not let it in',
  );
  assert.equal(reached(input(''), 'reachable')?.works, 'yes', 'an address that was confirmed is used');
});

test('the answer has to get out too, and is of no connection (noct_valid_new)', () => {
  const output = (rule: string) => `chain o {\ntype filter hook output priority 0;\n${rule}\n}`;
  assert.equal(reached(output('icmpv6 type nd-neighbor-advert drop'))?.reason.code, 'NEIGH_FAILED');
  assert.equal(reached(output('icmpv6 type nd-neighbor-advert ct state invalid drop'))?.works, 'yes');
  assert.equal(reached(output('icmpv6 type nd-neighbor-advert ct state untracked drop'))?.reason.code, 'NEIGH_FAILED');
});

test('an address that is old is used where nobody knows whether a rule takes what asks for it; one that is not there is not known', () => {
  const perhaps = input('meta hour "08:00"-"17:00" accept');
  assert.equal(reached(perhaps)?.works, 'yes');
  assert.equal(reached(perhaps, 'incomplete')?.works, 'unknown');
});

/** What comes of an echo of a pod's to its node by IPv4, which has to be asked for, under chains of arp of one of both. */
function asked(chains: string, where: typeof node | typeof pod = node) {
  const built = withNft(healthy, where.scope, `table arp t {\n${chains}\n}\n`);
  const fact = { dev: pod.device, address: node.gateway, mac: null, state: 'incomplete', proxy: false };
  const gone = edit(built.facts, [{ op: 'put', kind: 'neighbour', scope: pod.scope, fact } as never], 'not there yet');
  return trace(worldOf(gone), { from: pod.scope, to: node.gateway, protocol: 'icmp' }).outcomes[0];
}

const hears = (rules: string, policy = 'accept'): string => `chain i {\ntype filter hook input priority 0; policy ${policy};\n${rules}\n}`;
const says = (rules: string): string => `chain o {\ntype filter hook output priority 0; policy accept;\n${rules}\n}`;

test('what ARP says passes the chains of its family alone (nft_do_chain_arp)', () => {
  assert.equal(asked(hears(''))?.works, 'yes');
  assert.equal(asked(hears('ip daddr 10.0.0.1 drop\nmeta l4proto icmp drop'))?.works, 'yes', 'it has no IP header');
  const deaf = asked(hears(`arp operation request arp daddr ip ${node.gateway} counter packets 0 bytes 0 drop`));
  assert.deepEqual([deaf?.disposition, deaf?.reason.code], ['unreachable', 'NEIGH_FAILED']);
  assert.ok(deaf?.reason.by.some(({ kind }) => kind === 'nft'));
  assert.equal(asked(hears('arp operation nak drop\narp daddr ip 192.0.2.9 drop'))?.works, 'yes');
  assert.equal(asked(hears('arp htype 1 arp plen 4 meta protocol arp accept', 'drop'))?.works, 'yes');
  assert.equal(asked(hears('', 'drop'))?.reason.code, 'NEIGH_FAILED');
});

test('who was asked knows who asked, and need not ask for its answer (neigh_event_ns)', () => {
  assert.equal(asked(hears('arp operation reply drop'))?.works, 'yes', 'the node hears no replies, and needs none');
  const reply = `chain i {\ntype filter hook input priority 0;\nicmpv6 type nd-neighbor-advert drop\n}`;
  assert.equal(reached(reply)?.works, 'yes');
});

test('who answers is asked by its own Ethernet address; whose it is in an answer is not known before (arp_create)', () => {
  assert.equal(asked(says(`arp operation reply arp saddr ether ${node.bridgeMac} drop`))?.reason.code, 'NEIGH_FAILED');
  assert.equal(asked(says(`arp daddr ether ${pod.mac} arp saddr ip ${node.gateway} drop`))?.reason.code, 'NEIGH_FAILED');
  assert.equal(asked(hears(`arp saddr ether ${node.bridgeMac} drop`), pod)?.works, 'unknown');
});

test('a question that is thrown away where it is asked may be counted as often as it is asked (mcast_solicit)', () => {
  const mute = asked(says('arp operation request counter packets 0 bytes 0 drop'), pod);
  assert.equal(mute?.reason.code, 'NEIGH_FAILED');
  assert.equal(mute?.hops.flatMap(({ steps }) => steps.flatMap(({ mayCount = [] }) => mayCount)).length, 3);
});

/** Linux 6.18, scene route:dq1.78+aim: a device without a link-local address asks for nobody in the name of another device's address. */
test('what one packet asked for is known to those that cannot ask (ndisc_solicit, neigh_update)', () => {
  const fact = { dev: pod.device, address: six(node.gateway), mac: null, state: 'incomplete', proxy: false };
  const asking = edit(dualStack(healthy), [{ op: 'put', kind: 'neighbour', scope: pod.scope, fact } as never], 'not there yet');
  const world = worldOf(asking);
  const from = (source: Packet['source']): Packet => ({
    ...{ source, destination: six(node.gateway), protocol: 'icmpv6', sourcePort: 0, destinationPort: 0, tcp: null },
    ...{ icmp: { type: 128, code: 0, id: 7 }, size: 84, df: false, ttl: 64, mark: 0 },
  });
  const [own, foreign] = [from(six(pod.address)), from(ip`2001:db8::7`)];
  const sent = (packet: Packet, state: typeof FRESH) => send(world, pod.scope, packet, state, forced(new Map()), 0);
  const first = sent(own, FRESH);
  assert.equal(first.reason.code, 'DELIVERED');
  assert.equal(sent(foreign, FRESH).reason.code, 'NEIGH_FAILED');
  assert.equal(sent(foreign, first.state).reason.code, 'DELIVERED');
});
