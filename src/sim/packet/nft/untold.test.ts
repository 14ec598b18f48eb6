import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { evaluate } from './evaluate.ts';
import { type Flow, packetOf, trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const [from, to] = [healthy.pod('B'), healthy.pod('A')];
const flow: Flow = { from: from.scope, to: to.address, protocol: 'udp', port: 53, sport: 6000 };

const table = (rule: string): string => `table inet t {\nchain f {\ntype filter hook forward priority 0;\n${rule} drop\n}\n}\n`;

/** What comes of what is forwarded, by a rule that drops. */
function ends(rule: string, built: BuiltCluster = healthy): 'dropped' | 'passed' | 'unknown' {
  const reason = trace(worldOf(withNft(built, scope, table(rule)).facts), flow).outcomes[0]?.reason;
  return reason?.gap?.of === 'nft' ? 'unknown' : reason?.code === 'NETFILTER_DROP' ? 'dropped' : 'passed';
}

test('what is not captured is not taken for none: IPsec policies, realms of routes', () => {
  for (const rule of ['meta secpath exists', 'meta ipsec missing', 'rt ipsec exists', 'rt classid 5', 'meta rtclassid != 5'])
    assert.equal(ends(rule), 'unknown', rule);
  assert.deepEqual([ends('meta sdif 0'), ends('meta sdifname "eth7"')], ['dropped', 'passed'], 'there is no VRF');
});

const tuple = (source: string, sourcePort: number, destination: string, destinationPort: number) => ({
  ...{ source, sourcePort, destination, destinationPort, icmp: null },
});

test('whether a captured connection was announced by another is not told, what else is of its status is', () => {
  const entry = {
    ...{ family: 4, protocol: 'udp', state: null, timeoutSeconds: 25, unreplied: false, assured: true, mark: 0 },
    ...{ original: tuple(from.address, 6000, to.address, 53), reply: tuple(to.address, 53, from.address, 6000) },
    ...{ zone: null, zoneOriginal: null, zoneReply: null },
  };
  const captured = healthy.put('conntrack', scope, entry as never);
  assert.equal(ends('ct status expected', captured), 'unknown');
  assert.equal(ends('ct status expected'), 'passed', 'none that a run makes');
  assert.deepEqual([ends('ct status assured', captured), ends('ct status dnat', captured)], ['dropped', 'passed']);
});

test('nothing behind the IP header is read of a later piece (nft_payload_eval, pkt->fragoff)', () => {
  const piece = (rule: string, offset: number): string => {
    const world = worldOf(withNft(healthy, scope, table(rule)).facts);
    const packet = { ...packetOf(world, flow), fragment: { offset, more: true } };
    return send(world, from.scope, packet, FRESH, forced(new Map()), 0).disposition;
  };
  assert.equal(piece('udp dport 53', 0), 'dropped');
  assert.notEqual(piece('udp dport 53', 1480), 'dropped');
  assert.notEqual(piece('th dport != 54', 1480), 'dropped');
  assert.equal(piece('meta l4proto udp', 1480), 'dropped');
});

test('a piece of IPv6 has its own header (nft_exthdr_ipv6_eval, NEXTHDR_FRAGMENT)', () => {
  const whole = { ...packetOf(worldOf(healthy.facts), flow) };
  const context = (packet: object) => ({ packet: { ...whole, ...packet }, family: 6, stack: { scope } }) as never;
  const piece = context({ fragment: { offset: 0, more: true } });
  const asked = { is: 'option', of: 'exthdr', name: 'frag', field: null } as const;
  assert.deepEqual([evaluate(piece, asked), evaluate(context({}), asked)], [[1n], [0n]]);
  const next = { is: 'payload', protocol: 'ip6', field: 'nexthdr' } as const;
  assert.deepEqual([evaluate(piece, next), evaluate(context({}), next)], [[44n], [17n]]);
});

test('what a rule reads of a frame with a tag is not known (nft_payload_copy_vlan)', () => {
  const mac = '02:00:00:00:00:01';
  const context = (vlan?: number) =>
    ({ packet: {}, family: 4, stack: { scope }, table: { family: 'bridge' }, frame: { from: mac, to: mac, vlan } }) as never;
  const [type, id] = (['ether type', 'vlan id'] as const).map((text) => {
    const [protocol = '', field = ''] = text.split(' ');
    return (vlan?: number) => evaluate(context(vlan), { is: 'payload', protocol, field });
  });
  assert.deepEqual([type?.(), id?.()], [[0x800n], 'break']);
  for (const read of [type?.(5), id?.(5)]) assert.ok(typeof read === 'object' && 'gap' in read);
});
