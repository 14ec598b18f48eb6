import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import ipset from '#parsers/ipset/ipset';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
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
  const later = (lines: readonly string[]) => droppedAfter(lines, [add('dst')], '-m set --match-set s dst', 60_000);
  assert.equal(later(empty), 'unknown', 'nobody told whether its elements time out');
  assert.equal(later([...empty, 'add s 203.0.113.9']), 'dropped');
  assert.equal(later(['create s hash:ip family inet timeout 9', 'add s 203.0.113.9 timeout 5']), 'unknown');
  assert.equal(droppedAfter(['create s bitmap:port range 0-9'], [add('dst')], '-m set --match-set s dst'), 'unknown');
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
