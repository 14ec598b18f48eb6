import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GUEST_AREAS } from '../conform/draw/construct.ts';
import { wantsOf } from '../conform/quotas.ts';
import type { DrawnScene, Job } from '../conform/job.ts';
import { drawGuestJobs } from './draw-jobs.ts';

const isDrawn = (one: Job['scenes'][number]): one is DrawnScene => 'packets' in one;

test('the few packets of a guest are aimed at rules, of all areas in turn', () => {
  const next = drawGuestJobs({ seed: 't', packets: 2000, areas: GUEST_AREAS, until: Number.POSITIVE_INFINITY });
  const scenes: DrawnScene[] = [];
  for (let job = next(); job !== undefined; job = next()) scenes.push(...job.scenes.filter(isDrawn));
  assert.deepEqual([...new Set(scenes.map(({ area }) => area))], [...GUEST_AREAS]);
  assert.ok(scenes.every(({ seed }) => wantsOf(seed).aims));
});
