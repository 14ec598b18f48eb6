import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { enumerate, forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { evaluate } from './evaluate.ts';
import { execute } from './execute.ts';
import { type Flow, packetOf, trace } from '../trace.ts';
import { write } from './write.ts';

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

/** Linux 6.18, by hand: with an empty `nat` chain a new flow had `ct status == 0x100` behind OUTPUT and `confirmed | 0x80 | 0x100` in INPUT; without one `0x0` and `confirmed`. */
test('a null binding leaves bits in a connection’s status (nf_nat_alloc_null_binding, IPS_NAT_DONE_MASK), which no list shows', () => {
  const entry = {
    ...{ family: 4, protocol: 'udp', state: null, timeoutSeconds: 25, unreplied: true, assured: false, mark: 0 },
    ...{ original: tuple(from.address, 6000, to.address, 53), reply: tuple(to.address, 53, from.address, 6000) },
    ...{ zone: null, zoneOriginal: null, zoneReply: null },
  };
  const captured = healthy.put('conntrack', scope, entry as never);
  assert.deepEqual([ends('ct status == 0x100'), ends('ct status == 0x0')], ['dropped', 'passed'], 'NAT was asked in PREROUTING');
  assert.deepEqual([ends('ct status == confirmed', captured), ends('ct status == 0x188', captured)], ['unknown', 'unknown']);
  assert.deepEqual([ends('ct status confirmed', captured), ends('ct status == 0x0', captured)], ['dropped', 'passed']);
});

test('of a connection that a packet of the run made it is told for the next one too, which NAT leaves as it is (nf_nat_setup_info)', () => {
  const second = (rule: string, first: BuiltCluster, then = first): string => {
    const [before, after] = [first, then].map((built) => worldOf(withNft(built, scope, table(rule)).facts));
    if (before === undefined || after === undefined) return '';
    const packet = packetOf(before, flow);
    const { state } = send(before, from.scope, packet, FRESH, forced(new Map()), 0);
    const { branches } = enumerate((chooser) => send(after, from.scope, packet, state, chooser, 10).reason.code);
    return branches.map(({ result }) => result).join();
  };
  const rules = healthy.facts.partition('iptables', scope) ?? assert.fail('it has rules');
  const bare = healthy.replace({ ...rules, facts: [] });
  assert.deepEqual([second('ct status == 0x188', healthy), second('ct status == 0x8', healthy)], ['NETFILTER_DROP', 'NO_SOCKET']);
  assert.deepEqual([second('ct status == 0x8', bare), second('ct status == 0x188', bare)], ['NETFILTER_DROP', 'NO_SOCKET']);
  // with NAT since
  const late = bare.rule(scope, 'nat', '-A PREROUTING -p udp -j DNAT --to-destination 192.0.2.9');
  assert.deepEqual([second('ct status == 0x8', bare, late), second('ct status dnat', bare, late)], ['NETFILTER_DROP', 'NO_SOCKET']);
});

/** Read in nf_conntrack_tcp_established: state and IPS_ASSURED. */
test('whether a flowtable takes TCP of which nobody knows if it is assured is not known (nft_flow_offload_eval)', () => {
  const took = (assured: boolean | null, fin = false) => {
    const connection = { protocol: 'tcp', confirmed: true, assured, tcp: { state: 'ESTABLISHED' } };
    const packet = { tcp: { syn: false, ack: true, rst: false, fin } };
    const context = { packet, track: { connection }, stack: { scope }, run: { touch: () => {} } };
    return execute(context as never, { does: 'flow' } as never, {} as never).does;
  };
  assert.deepEqual([took(true), took(false), took(null), took(null, true)], ['go on', 'break', 'ask', 'break']);
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

/** What is read of a packet, where nothing else of the context is looked at. */
const reads = (text: string, packet: object, more: object = {}): unknown => {
  const [protocol = '', field = ''] = text.split(' ');
  const expression = protocol === 'meta' ? ({ is: 'meta', key: field } as const) : ({ is: 'payload', protocol, field } as const);
  const whole = { icmp: null, tcp: null, size: 1500, sourcePort: 0, destinationPort: 0, ...packet };
  const skb = { in: null, owner: undefined, isOfKernel: false };
  const base = { family: 4, hook: 'input', in: null, out: null, frame: null, diverted: null, stack: { scope }, table: { family: 'inet' } };
  const read = evaluate({ packet: whole, skb, ...base, ...more } as never, expression);
  return typeof read === 'object' && 'gap' in read ? '?' : read;
};

/** Linux 6.18, by hand: `th dport 2048` counted GRE around IPv4, `udp length 2008` the first piece of such a datagram, 1500 bytes long. */
test('what stands where others have ports is not known, nor in the first piece how long the whole is (nft_payload_eval)', () => {
  for (const protocol of ['gre', 'esp', 'ah', 'ipip', 'ipv6'] as const) assert.equal(reads('th dport', { protocol }), '?', protocol);
  assert.deepEqual(reads('th dport', { protocol: 'udp', destinationPort: 53 }), [53n]);
  assert.deepEqual(reads('udp length', { protocol: 'udp' }), [1480n]);
  assert.equal(reads('udp length', { protocol: 'udp', fragment: { offset: 0, more: true } }), '?');
});

test('of a packet of which only bounds are told no length is read', () => {
  for (const text of ['meta length', 'ip length']) {
    assert.deepEqual(reads(text, { size: 52 }), [52n]);
    assert.equal(reads(text, { size: 52, leastSize: 44 }), '?', text);
  }
  assert.deepEqual(reads('ip6 length', { size: 72 }, { family: 6 }), [32n]);
  assert.equal(reads('ip6 length', { size: 72, leastSize: 64 }, { family: 6 }), '?');
});

/** Linux 6.18, by hand: behind `udp dport set 5` a counter saw no later piece. */
test('of a later piece only the header of IP is written (nft_payload_set_eval, pkt->fragoff)', () => {
  const written = (protocol: string, field: string, offset: number) =>
    write({ packet: { protocol: 'udp', icmp: null, fragment: { offset, more: true } }, family: 4, stack: { scope } } as never, {
      does: 'write',
      to: { is: 'payload', protocol, field },
      value: 5,
    });
  assert.deepEqual(
    [written('udp', 'dport', 1480), written('udp', 'dport', 0), written('ip', 'ttl', 1480)],
    ['break', 'written', 'written'],
  );
});

/** Linux 6.18, by hand: `egress device e0`, a veth's end, saw a ping of 128 bytes as 142, with the other end's address in front. */
test('what is handed to a device has its link header already (nf_hook_egress)', () => {
  const [from, to] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
  const leaving = (type?: string, own?: string | null) => ({
    ...{ hook: 'egress', table: { family: 'netdev' }, frame: { from, to } },
    out: { name: 'e0', type, mac: own },
  });
  assert.deepEqual([reads('meta length', { size: 128 }, leaving('veth')), reads('meta length', { size: 128 })], [[142n], [128n]]);
  assert.equal(reads('meta length', { size: 128 }, leaving('wireguard')), '?');
  assert.deepEqual(reads('ether daddr', {}, leaving('veth')), [0x020000000002n]);
  assert.equal(reads('ether daddr', {}, leaving('wireguard')), 'break');
  // its address tells it where its kind was not, and of a tun, which may be a tap
  for (const type of [undefined, 'tun'])
    assert.deepEqual(
      [from, null, '00:00:00:00:00:00', undefined].map((own) => reads('ether daddr', {}, leaving(type, own))),
      [[0x020000000002n], 'break', '?', '?'],
    );
  assert.deepEqual(
    [reads('meta length', { size: 128 }, leaving()), reads('meta length', { size: 128 }, leaving('tun', from))],
    ['?', [142n]],
  );
  assert.equal(reads('ether daddr', {}, leaving('device', null)), 'break', 'no kind, as a modem of PPP');
});

test('of what type a device is that is no Ethernet and of no known kind is not known (ARPHRD_…)', () => {
  const type = (kind: string | undefined, mac?: string | null): unknown =>
    reads('meta iiftype', {}, { in: { name: 'e0', type: kind, mac } });
  assert.deepEqual(
    [type('veth'), type('wireguard'), type('tun', '02:00:00:00:00:01'), type('tun', null)],
    [[1n], [65534n], [1n], [65534n]],
  );
  assert.deepEqual([type('vti'), type('device', null), type('tun'), type(undefined)], ['?', '?', '?', '?']);
});

/** Linux 6.18, by hand: `meta skuid 0` in `input` counted all but the first two segments of TCP and a datagram to a connected socket, nothing over lo; `meta cgroup 0` the kernel's errors. */
test('what came in may have its socket before it is delivered (tcp_v4_early_demux), and the kernel’s own packets a control group', () => {
  const came = (name: string) => ({ in: { name }, skb: { in: { name }, owner: undefined, isOfKernel: false } });
  const tcp = (syn: boolean) => ({ protocol: 'tcp', tcp: { syn, ack: !syn, rst: false, fin: false } });
  const [eth, lo] = [came('e0'), came('lo')];
  assert.deepEqual([reads('meta skuid', tcp(false), eth), reads('meta skuid', { protocol: 'udp' }, eth)], ['?', '?']);
  assert.deepEqual([reads('meta skuid', tcp(true), eth), reads('meta skuid', tcp(false), lo)], ['break', 'break']);
  assert.equal(reads('meta skuid', tcp(false), { ...eth, hook: 'prerouting' }), 'break');
  const own = { skb: { in: null, owner: null, isOfKernel: true }, hook: 'output' };
  assert.deepEqual([reads('meta skuid', {}, own), reads('meta cgroup', {}, own)], ['break', '?']);
});

/** Linux 6.18, by hand: `iifname lo meta iifkind != "veth"` counted none of ten packets. */
test('a device without a kind is not of another one either (nft_meta_store_ifkind)', () => {
  const of = (type: string) => reads('meta iifkind', {}, { in: { name: 'x', type } });
  assert.deepEqual([of('veth'), of('loopback'), of('device')], [['veth'], 'break', 'break']);
});
