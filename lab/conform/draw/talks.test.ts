import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Area } from './construct.ts';
import { drawScene } from './draw-scene.ts';
import { type Registry, registry } from './registry.ts';

const all = await registry();

/** How many of the conversations of scenes with some rules are by one construct. */
function shareOf(area: Area, rules: string, talk: string): number {
  const scenes = Array.from({ length: 12 }, (_, at) => drawScene(all, area, `t.${at}~${rules}`, 300)).filter((scene) =>
    scene.rules.some(({ by }) => by.includes(`${area}/${rules}`)),
  );
  const conversations = scenes.flatMap((scene) => scene.conversations);
  return conversations.filter(({ by }) => by.includes(talk)).length / conversations.length;
}

test('rules that hardly any conversation tries are talked about by the one that does', () => {
  for (const [area, rules, talk] of [
    ['conntrack', 'strict', 'conntrack/numbers'],
    ['route', 'hash-inside', 'route/same-ends'],
  ] as const)
    assert.ok(shareOf(area, rules, talk) > 0.1, `${talk}: ${shareOf(area, rules, talk)}`);
});

test('a conversation that a scene does not have is not asked for in silence', () => {
  const nobodys: Registry[number] = {
    id: 'route/nobodys',
    kind: 'rules',
    draw: () => ({ rules: [], talk: { by: 'route/nobody', aims: [] } }),
  };
  const others = all.filter(({ kind }) => kind !== 'rules');
  assert.throws(() => drawScene([...others, nobodys], 'route', 't.1', 300), /no conversation of this scene is called route\/nobody/);
});
