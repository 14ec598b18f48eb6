import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawScene } from './draw-scene.ts';
import { registry } from './registry.ts';

const all = await registry();

test('in the largest scenes too no conversation is sent by chance to a port that another one is sent from', () => {
  for (let at = 0; at < 12; at++) {
    const { conversations } = drawScene(all, 'filter', `ports.${at}`, 2000);
    const opened = conversations.flatMap(({ steps: [first] }) => (first?.does === 'send' ? [first.packet] : []));
    const own = opened.flatMap(({ sport = 0 }) => (sport >= 20_000 && sport < 30_000 ? [sport] : []));
    const last = Math.max(...own);
    assert.ok(last < 24_000, `${last}`);
    const into = opened.flatMap(({ dport = 0 }) => (dport >= 20_000 && dport <= last ? [dport] : []));
    assert.deepEqual(into, []);
  }
});
