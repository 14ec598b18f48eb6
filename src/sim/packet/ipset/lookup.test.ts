import assert from 'node:assert/strict';
import test from 'node:test';
import { ipsetTable } from '#dataplane/ipsets';
import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import ipset from '#parsers/ipset/ipset';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { arrive } from '../arrive.ts';
import { exchange } from '../exchange.ts';
import type { Context } from '../iptables/context.ts';
import { inSet } from './lookup.ts';
import type { Packet } from '../packet.ts';
import { FRESH } from '../state.ts';
import { packetOf, trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const B = healthy.node('B').scope;
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'udp', port: 53 } as const;
const source = healthy.pod('B').address;
const target = healthy.pod('A').address;

/** What comes of a packet that a rule drops when the set holds it. */
function dropped(lines: readonly string[], match: string, port = 53): string | undefined {
  const sets: readonly FactOf<'ipset'>[] = factsOf(parseText(ipset, lines.join('\n')), 'ipset');
  const having = sets.reduce((now, set) => now.put('ipset', B, set), healthy.rule(B, 'filter', `-A FORWARD -p udp ${match} -j DROP`, 0));
  const works = trace(worldOf(having.facts), { ...flow, port }).outcomes[0]?.works;
  return works === 'no' ? 'dropped' : works === 'yes' ? 'passed' : works;
}

test('the longest prefix of a set decides, and nomatch excepts', () => {
  const nets = ['create s hash:net family inet', 'add s 10.0.0.0/8', `add s ${source}/32 nomatch`];
  assert.equal(dropped(nets, '-m set --match-set s dst'), 'dropped');
  assert.equal(dropped(nets, '-m set --match-set s src'), 'passed');
  assert.equal(dropped(nets, '-m set --match-set s src --return-nomatch'), 'dropped');
  assert.equal(dropped(nets, '-m set ! --match-set s src'), 'dropped');
});

test('only sets of networks tell what they except for what they have, also within a list (ip_set_test, IPSET_TYPE_NOMATCH)', () => {
  const asked = '-m set --match-set s src --return-nomatch';
  assert.equal(dropped(['create s hash:ip family inet', `add s ${source}`], asked), 'dropped');
  assert.equal(dropped(['create s hash:net family inet', `add s ${source}`], asked), 'passed');
  const listed = ['create n hash:net family inet', 'add n 10.0.0.0/8', `add n ${source} nomatch`, 'create s list:set', 'add s n'];
  assert.equal(dropped(listed, asked), 'dropped');
  assert.equal(dropped(listed, '-m set --match-set s dst --return-nomatch'), 'passed');
  assert.equal(dropped(listed, '-m set --match-set s dst'), 'dropped');
});

test('addresses, ports and prefixes are compared part by part', () => {
  const pairs = ['create s hash:ip,port,net family inet', `add s ${source},udp:53,${target}/30`];
  assert.equal(dropped(pairs, '-m set --match-set s src,dst,dst'), 'dropped');
  assert.equal(dropped(pairs, '-m set --match-set s src,dst,dst', 54), 'passed');
  assert.equal(dropped(pairs, '-m set --match-set s src,dst'), 'passed', 'too few parts are asked for');
  assert.equal(dropped(['create s bitmap:port range 0-100', 'add s 50-60'], '-m set --match-set s dst'), 'dropped');
});

/** What comes of a packet that a rule drops when the set holds it, after rules that write to the set. */
function droppedAfter(lines: readonly string[], rules: readonly string[], match: string, at = 0): string | undefined {
  const sets: readonly FactOf<'ipset'>[] = factsOf(parseText(ipset, lines.join('\n')), 'ipset');
  const all = [...rules, `-A FORWARD -p udp ${match} -j DROP`];
  const written = all.reduce((now, rule, at) => now.rule(B, 'filter', rule, at), healthy);
  const having = sets.reduce((now, set) => now.put('ipset', B, set), written);
  const world = worldOf(having.facts);
  const [branch, ...others] = exchange(world, { from: flow.from, packet: packetOf(world, flow) }, FRESH, at)?.branches ?? [];
  return others.length > 0 ? 'unknown' : branch?.result.walks[0]?.disposition === 'dropped' ? 'dropped' : 'passed';
}

test('what a rule puts into a set, or takes out, the rules after it find (xt_set.c set_target_v3)', () => {
  const add = (ends: string) => `-A FORWARD -p udp -j SET --add-set s ${ends}`;
  const empty = ['create s hash:ip family inet'];
  assert.equal(droppedAfter(empty, [add('dst')], '-m set --match-set s dst'), 'dropped');
  assert.equal(droppedAfter(empty, [add('src')], '-m set --match-set s dst'), 'passed');
  assert.equal(droppedAfter(['create s hash:net family inet'], [add('dst')], '-m set --match-set s dst'), 'dropped');
  const holding = [...empty, `add s ${target}`];
  assert.equal(droppedAfter(holding, ['-A FORWARD -p udp -j SET --del-set s dst'], '-m set --match-set s dst'), 'passed');
  assert.equal(droppedAfter(['create s hash:ip,port family inet'], [add('dst')], '-m set --match-set s dst,dst'), 'passed');
  assert.equal(droppedAfter(['create s bitmap:port range 0-9'], [add('dst')], '-m set --match-set s dst'), 'unknown');
});

/** Linux 6.18, by `ipset test` after datagrams at 0 s and 2 s: of sets with `timeout 3` one was empty at 3.4 s, with --exist at 5.5 s, with --timeout 9 not yet. */
test('what a rule put into a set stays as long as the set or the rule says, from the first packet on unless it says --exist', () => {
  const set = (how: string, seconds: number, create = 'timeout 3') => {
    const rules = [
      `-A FORWARD -m ttl --ttl-gt 9 -j SET --add-set s src ${how}`,
      '-A FORWARD -m set --match-set s src -m ttl --ttl-lt 10 -j DROP',
    ];
    const [own] = factsOf(parseText(ipset, `create s hash:ip family inet ${create}`), 'ipset');
    assert.ok(own);
    const world = worldOf(rules.reduce((now, rule, at) => now.rule(B, 'filter', rule, at), healthy).put('ipset', B, own).facts);
    let state = FRESH;
    const ends = [0, 2, seconds].map((second, at) => {
      const packet = { ...packetOf(world, flow), ttl: at === 2 ? 9 : 64 };
      const [branch] = exchange(world, { from: flow.from, packet, socket: 'raw' }, state, second * 1000)?.branches ?? [];
      assert.ok(branch);
      state = branch.result.state;
      return branch.result.walks[0]?.disposition;
    });
    return ends[2] === 'dropped';
  };
  assert.deepEqual([set('', 2.9), set('', 3.4)], [true, false]);
  assert.deepEqual([set('--exist', 3.4), set('--exist', 5.5)], [true, false]);
  assert.deepEqual([set('--exist --timeout 9', 5.5), set('--exist --timeout 9', 11.1)], [true, false]);
  assert.deepEqual([set('--exist --timeout 1', 60, ''), set('--exist', 60, 'timeout 0')], [true, true]);
});

test('a list asks its sets; a set of the other family, an expired element and an empty one match nothing', () => {
  const list = ['create i hash:ip family inet', `add i ${source}`, 'create s list:set', 'add s i'];
  assert.equal(dropped(list, '-m set --match-set s src'), 'dropped');
  assert.equal(dropped(['create s hash:ip family inet6'], '-m set --match-set s src'), 'passed');
  assert.equal(dropped(['create s hash:ip family inet6'], '-m set ! --match-set s src'), 'dropped');
});

test('a set that was not read, or not understood, is unknown and not empty', () => {
  assert.equal(dropped(['create other hash:ip family inet'], '-m set --match-set s src'), 'unknown');
  assert.equal(dropped(['create s hash:ip family inet', 'add s moon'], '-m set --match-set s src'), 'unknown');
  assert.equal(dropped(['create s hash:ip family inet', 'add s moon', `add s ${source}`], '-m set --match-set s src'), 'dropped');
});

test('every recorded set can be asked', () => {
  const lines = recorded('ipset-save').split('\n');
  for (const [name, ends] of Object.entries({
    nodes: 'src',
    ports: 'src,dst',
    nets: 'src',
    doors: 'src,src',
    numbers: 'dst',
    blocks: 'src',
    cards: 'src,src',
  }))
    assert.match(dropped(lines, `-m set --match-set ${name} ${ends}`) ?? '', /dropped|passed|unknown/, name);
});

/** Measured on Linux 6.18: what `-j SET --add-set` shows a hash:ip or a hash:ip,port of 0.0.0.0 is not found by the next rule. */
test('a set of addresses, or of these and ports, has no element for nobody, whatever was put into it (hash_ip4_kadt)', () => {
  const rules = ['-A PREROUTING -j SET --add-set s src,src', '-A PREROUTING -m set --match-set s src,src -j DROP'];
  // where the kernel was not read the newest is taken
  const newest = healthy.without('host', B);
  const drops = (type: string, from: string, built = newest): boolean => {
    const sets = factsOf(parseText(ipset, `create s ${type} family inet`), 'ipset');
    const ruled = rules.reduce((now, rule, at) => now.rule(B, 'raw', rule, at), built);
    const world = worldOf(sets.reduce((now, set) => now.put('ipset', B, set), ruled).facts);
    const stack = world.stack(B);
    const link = stack?.link('ens3');
    assert.ok(stack !== undefined && link !== undefined);
    const packet = { ...packetOf(world, flow), source: ip`${from}` };
    return arrive(world, { stack, link }, packet, forced(new Map())).reason.code === 'NETFILTER_DROP';
  };
  assert.equal(drops('hash:ip', '0.0.0.0'), false);
  assert.equal(drops('hash:ip', '203.0.113.9'), true);
  assert.equal(drops('hash:ip,port', '0.0.0.0'), false);
  assert.equal(drops('hash:ip,port', '0.0.0.0', healthy), true, 'before 6.2');
  assert.equal(drops('hash:ip,port', '203.0.113.9'), true);
  assert.equal(drops('hash:net', '0.0.0.0'), true);
});

/** Measured on Linux 6.18: one packet and one later fragment of each on lo, by the counter of `-m set --match-set s dst,dst`. */
test('protocols without ports are in sets by their names, with port 0, as are their later fragments in IPv4 (ip_set_getport.c)', () => {
  const drops = (element: string, changed: Partial<Packet>): boolean => {
    const packet = { ...packetOf(worldOf(healthy.facts), flow), ...changed };
    const sets = factsOf(parseText(ipset, `create s hash:ip,port family inet\nadd s ${packet.source},${element}`), 'ipset');
    const rule = '-A PREROUTING -m set --match-set s src,dst -j DROP';
    const world = worldOf(sets.reduce((now, set) => now.put('ipset', B, set), healthy.rule(B, 'raw', rule, 0)).facts);
    const stack = world.stack(B);
    const link = stack?.link('ens3');
    assert.ok(stack !== undefined && link !== undefined);
    return arrive(world, { stack, link }, packet, forced(new Map())).reason.code === 'NETFILTER_DROP';
  };
  const later = { fragment: { offset: 800, more: true } };
  for (const [protocol, name] of [
    ['ipip', 'ipencap'],
    ['ipip', '4'],
    ['ipv6', 'ipv6'],
    ['gre', 'gre'],
    ['esp', 'esp'],
    ['ah', 'ah'],
  ] as const) {
    assert.equal(drops(`${name}:0`, { protocol }), true, name);
    assert.equal(drops(`${name}:0`, { protocol, ...later }), true, `${name}, a later fragment`);
  }
  assert.equal(drops('ipip:0', { protocol: 'ipip' }), false, 'protocol 94');
  assert.deepEqual([drops('udp:53', {}), drops('udp:53', later)], [true, false]);
});

/** Linux 6.18, by hand: `create s bitmap:ip,mac`, the MAC of the receiver added, matched what came by `src,dst`. */
test('an Ethernet address of either end is looked up (bitmap_ipmac_kadt, hash_mac4_kadt)', () => {
  const text = 'create s bitmap:ip,mac range 192.0.2.0/24\nadd s 192.0.2.1,02:00:00:00:00:0B\n';
  const facts = factsOf(parseText(ipset, text), 'ipset');
  const stack = { scope: 'x', ipsets: { is: 'seen', table: ipsetTable({ facts } as never) } };
  const packet = { source: '192.0.2.1', destination: '192.0.2.2', protocol: 'udp', icmp: null, mark: 0 };
  const context = { stack, packet, fromMac: '02:00:00:00:00:0a', toMac: '02:00:00:00:00:0b' } as unknown as Context;
  const asked = (ends: readonly ('src' | 'dst')[]) => inSet(context, 's', { ends, at: 0, returnsNomatch: false });
  assert.deepEqual([asked(['src', 'dst']), asked(['src', 'src'])], ['match', 'none']);
});

/** Read, not measured: no kernel here has hash:ip,mark. */
test('a mask of marks changes what is looked up, and is not modelled (hash_ipmark4_kadt)', () => {
  assert.equal(
    dropped(['create s hash:ip,mark family inet markmask 0xff', `add s ${source},0x12`], '-m set --match-set s src,src'),
    'unknown',
  );
});
