import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawScene } from './draw-scene.ts';
import { registry } from './registry.ts';
import type { Scene } from './scene.ts';

const all = await registry();

const scenesOf = (wants: string): readonly Scene[] => Array.from({ length: 12 }, (_, at) => drawScene(all, 'nft', `t.${at}${wants}`, 300));
const textsOf = ({ rules }: Scene): readonly string[] => rules.flatMap((rule) => (rule.form === 'nft' ? [rule.text] : []));
const rulesOf = (scene: Scene): readonly string[] => textsOf(scene).filter((text) => text.startsWith('add rule'));

test('what a scene wants is tried in tables that hold nothing else, each chain at a priority of its own', () => {
  for (const name of ['concatenation', 'protocol-number', 'redirect']) {
    const alone = scenesOf(`~${name}`).flatMap(({ rules }) =>
      rules.filter((rule) => rule.form === 'nft' && /^add rule \S+ alone/.test(rule.text) && rule.by.includes(`nft/${name}`)),
    );
    assert.ok(alone.length >= 4, `${name}: ${alone.length}`);
  }
  for (const scene of scenesOf('')) {
    const chains = scene.rules.flatMap((rule) =>
      rule.form === 'nft'
        ? [...rule.text.matchAll(/^add chain (\S+) alone\d+ own (.*)$/g)].map(([, family, at]) => `${rule.in} ${family} ${at}`)
        : [],
    );
    assert.equal(new Set(chains).size, chains.length);
  }
});

test('what some packets got written the next rule asks, and drops them', () => {
  const scenes = scenesOf('~set-dscp').map(rulesOf);
  const asked = scenes.flatMap((rules) =>
    rules.filter((text, at) => {
      const [, before, ip, dscp] = /^(.*) counter (ip6?) dscp set (\S+)$/.exec(text) ?? [];
      return before !== undefined && rules[at + 1] === `${before} ${ip} dscp ${dscp} counter drop`;
    }),
  );
  assert.ok(asked.length >= 12, `${asked.length}`);
});

test('what leads to a socket mostly stands behind its counter, where it can be left out', () => {
  const diverting = scenesOf('~tproxy')
    .flatMap(rulesOf)
    .filter((text) => /\btproxy\b.* to /.test(text));
  const behind = diverting.filter((text) => /counter tproxy/.test(text));
  assert.ok(behind.length > diverting.length / 2 && behind.length < diverting.length, `${behind.length} of ${diverting.length}`);
});

test('only what one conversation said before is found in a set that packets fill: protocol and ports are in it', () => {
  const sets = scenesOf('~update-set')
    .flatMap(textsOf)
    .filter((text) => text.includes(' seen { type '));
  assert.ok(sets.length > 0 && sets.every((text) => text.includes('. inet_proto . inet_service . inet_service;')));
});

test('a mark of 32 bits is taken away by all other bits', () => {
  const kept = scenesOf('~set-mark')
    .flatMap(textsOf)
    .flatMap((text) => / meta mark set meta mark & (\S+)$/.exec(text)?.[1] ?? []);
  const ofOthers = ['0xfffffffe', '0xfffffffd', '0xfffffffb', '0xffffbfff', '0xffff7fff', '0xffffff00'];
  assert.ok(kept.length > 0);
  assert.deepEqual(
    kept.filter((mask) => !ofOthers.includes(mask)),
    [],
  );
});
