import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { NftTable } from '#facts/nft/nft';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf, trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const destination = ip`10.77.3.7`;

/** Which of packets at these seconds are dropped by rules of output with a set. */
function dropped(set: string, rules: string, seconds: readonly number[]): readonly boolean[] {
  const ruleset = `table ip t {\n${set}\nchain o {\ntype filter hook output priority 0;\n${rules}\n}\n}\n`;
  const world = worldOf(withNft(healthy, scope, ruleset).facts);
  const packet = packetOf(world, { from: scope, to: destination, protocol: 'udp', port: 53, sport: 6000 });
  let state = FRESH;
  return seconds.map((at) => {
    const result = send(world, scope, packet, state, forced(new Map()), at * 1000);
    state = result.state;
    return result.disposition === 'dropped';
  });
}

const named = (of: string): string => `set s {\ntype ipv4_addr\nflags dynamic,timeout\n${of}\n}`;

test('an element is there until it expires (nft_set_elem_expired)', () => {
  const set = named(`elements = { ${destination} timeout 10s expires 4s996ms }`);
  assert.deepEqual(dropped(set, 'ip daddr @s drop', [0, 4, 6]), [true, true, false]);
  assert.deepEqual(dropped(named(`elements = { ${destination} }`), 'ip daddr @s drop', [0, 900]), [true, true]);
});

test('what a packet puts in stays as long as the rule or the set says (nft_dynset_new)', () => {
  const asked = (verb: string, own = '') => `ip daddr @s drop\n${verb} @s { ip daddr${own} }`;
  assert.deepEqual(dropped(named('timeout 10s'), asked('update'), [0, 4, 11]), [false, true, false]);
  assert.deepEqual(dropped(named('timeout 10s'), asked('update', ' timeout 20s'), [0, 11, 21]), [false, true, false]);
  assert.deepEqual(dropped(named(''), asked('add'), [0, 900]), [false, true]);
});

test('an element that is there gets its time anew by update, not by add (nft_dynset_eval)', () => {
  const set = named(`timeout 10s\nelements = { ${destination} expires 5s }`);
  const asked = (verb: string) => `ip daddr @s meta mark set 0x1\n${verb} @s { ip daddr }\nmeta mark 0x1 drop`;
  assert.deepEqual(dropped(set, asked('update'), [4, 6, 15]), [true, true, true]);
  assert.deepEqual(dropped(set, asked('add'), [4, 6, 15]), [true, false, true]);
});

test('what packets put into a map is not known', () => {
  const map = 'map m {\ntype ipv4_addr : mark\nflags dynamic\n}';
  const rules = 'add @m { ip daddr : 0x1 }\nmeta mark set ip daddr map @m drop';
  const ruleset = `table ip t {\n${map}\nchain o {\ntype filter hook output priority 0;\n${rules}\n}\n}\n`;
  const world = worldOf(withNft(healthy, scope, ruleset).facts);
  const packet = packetOf(world, { from: scope, to: destination, protocol: 'udp', port: 53, sport: 6000 });
  assert.equal(send(world, scope, packet, FRESH, forced(new Map()), 0).disposition, 'unknown');
});

/** Linux 6.18, by hand: of six datagrams to five ports `add @s { udp dport } counter` and `update` counted three where `s` had `size 2`, the two that filled it and the one to a port in it. */
test('a rule that finds no room for a new element ends (nft_dynset_eval, nft_dynset_new)', () => {
  const set = (size: number, others: string) => `set s {\ntype ipv4_addr\nsize ${size}\nflags dynamic,timeout\nelements = { ${others} }\n}`;
  const passed = (of: string, verb = 'add') => dropped(of, `${verb} @s { ip daddr } drop`, [0]);
  assert.deepEqual([passed(set(2, '10.1.1.1, 10.1.1.2')), passed(set(3, '10.1.1.1, 10.1.1.2'))], [[false], [true]]);
  assert.deepEqual(
    [passed(set(2, '10.1.1.1, 10.1.1.2'), 'update'), passed(set(2, `10.1.1.1, ${destination}`), 'update')],
    [[false], [true]],
  );
});

test('whether a set is full whose elements were not listed is not known (nft -t)', () => {
  const terse = (size: string, rules: string) => {
    const ruleset = `table ip t {\nset s {\ntype ipv4_addr\n${size}flags dynamic\n}\nchain o {\ntype filter hook output priority 0;\n${rules}\n}\n}\n`;
    const unlisted = (table: NftTable): NftTable => ({
      ...table,
      sets: table.sets.map((set) => ({ ...set, problem: 'its elements were not listed' })),
    });
    const { facts } = withNft(healthy, scope, ruleset).change('nft', scope, ({ name }) => name === 't', unlisted);
    const { reason, disposition } = trace(worldOf(facts), { from: scope, to: destination, protocol: 'udp', port: 53 }).outcomes[0] ?? {};
    return reason?.gap?.of ?? disposition;
  };
  assert.equal(terse('size 2\n', 'add @s { ip daddr } drop'), 'nft');
  assert.equal(terse('size 2\n', 'delete @s { ip daddr } drop'), 'dropped');
  assert.equal(terse('', 'add @s { ip daddr } drop'), 'dropped', 'it has room for all');
});
