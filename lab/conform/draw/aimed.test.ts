import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diceOf } from '../../draw/dice.ts';
import { isOfFamily, towards } from './aimed.ts';
import { end, port } from './around-router.ts';
import type { Layout } from './layout.ts';
import { drawAlone } from './nft-alone.ts';
import { addressesOf, drawPool } from './pool.ts';
import { constructsOf, registry } from './registry.ts';
import type { Family, Hook } from './rule.ts';
import { drawScene } from './draw-scene.ts';
import type { Packet } from './packet.ts';
import type { Scene } from './scene.ts';

const router = { name: 'r', role: 'router', devices: [port(1), port(2), port(3)], listens: { udp: [], tcp: [] } } as const;
const layout: Layout = {
  id: 'filter/routed',
  namespaces: [end('a', 1), router, end('b', 2), end('c', 3)],
  lines: [],
  virtual: { 4: [], 6: [] },
};
const all = await registry();

/** Who sends what is drawn for a rule in that hook of a namespace, and where it goes. */
const drawn = (namespace: string, hook: Hook, family: Family): readonly { readonly from: string; readonly to: string | undefined }[] =>
  Array.from({ length: 40 }, (_, at) => {
    const sent = towards(diceOf(`aimed ${at}`), layout, family, [{ protocol: 'udp', near: { namespace, hooks: [hook] } }]);
    assert.ok(sent !== undefined);
    return { from: sent.from.name, to: sent.aim.destination };
  });

test('what an end sends comes to its POSTROUTING, and what is for it to its PREROUTING: it passes nothing on', () => {
  for (const family of [4, 6] as const) {
    assert.ok(drawn('a', 'POSTROUTING', family).every(({ from }) => from === 'a'));
    const own = addressesOf(layout, 'a', family);
    assert.ok(drawn('a', 'PREROUTING', family).every(({ from, to }) => from !== 'a' && own.includes(to ?? '')));
  }
});

test('what others send to others comes to those hooks of a router', () => {
  for (const hook of ['PREROUTING', 'POSTROUTING'] as const)
    assert.deepEqual(new Set(drawn('r', hook, 4).map(({ from }) => from)), new Set(['a', 'b', 'c']));
});

test('a rule alone is aimed at by packets of its own family, also where its examples are of the other one', () => {
  const words = constructsOf(all, 'nft', 'nft match').filter(({ id }) => id === 'nft/fib-device');
  const aims = Array.from({ length: 20 }, (_, at) => {
    const dice = diceOf(`alone ${at}`);
    const pool = drawPool(dice, layout, 6);
    return drawAlone({ dice, layout, here: router, family: 6, pool, fresh: (prefix) => `${prefix}${at}` }, words, []).aims;
  }).flat();
  assert.ok(aims.length > 0);
  assert.ok(aims.every((aim) => isOfFamily(aim, 6)));
});

/** How many packets of an end meet the first condition of each rule that stands alone in its POSTROUTING. */
function metBy({ layout: { namespaces }, rules, conversations }: Scene): readonly number[] {
  const ends = namespaces.filter(({ role }) => role === 'end').map(({ name }) => name);
  const opened = conversations.flatMap(({ steps: [first] }): readonly Packet[] => (first?.does === 'send' ? [first.packet] : []));
  return rules.flatMap((rule) => {
    const table = rule.form === 'nft' ? /^add chain (\S+ alone\d+) own .* hook postrouting /.exec(rule.text)?.[1] : undefined;
    if (table === undefined || !ends.includes(rule.in)) return [];
    const said = rules.flatMap((one) => (one.form === 'nft' && one.text.startsWith(`add rule ${table} own `) ? [one.text] : []))[0] ?? '';
    const [, one, other, dport] = / own (?:meta l4proto (\w+) th|(\w+)) dport (\d+) /.exec(said) ?? [];
    if (dport === undefined) return [];
    const isV6 = table.startsWith('ip6');
    const meets = ({ from, source, protocol, dport: to }: Packet): boolean =>
      from === rule.in && source.includes(':') === isV6 && protocol === (one ?? other) && to === Number(dport);
    return [opened.filter(meets).length];
  });
}

test('hardly a rule alone in the POSTROUTING of an end is met by no packet that opens a conversation', () => {
  const met = Array.from({ length: 48 }, (_, at) => metBy(drawScene(all, 'nft', `p.${at}+aim`, 500))).flat();
  assert.ok(met.length >= 12, `${met.length} rules`);
  const none = met.filter((count) => count === 0).length;
  assert.ok(none <= met.length / 20, `${none} of ${met.length} rules`);
});
