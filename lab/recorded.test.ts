import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasProduct } from './product.ts';
import { recordedIds, replayStage } from './story/replay.ts';
import { tellStory } from './story/tell.ts';

for (const { fault } of recordedIds()) {
  test(`the recorded story of ${fault} is judged today as it was when it was recorded`, { skip: !hasProduct() }, async () => {
    assert.deepEqual(await tellStory(replayStage(fault), () => {}), []);
  });
}

test('at least one story is recorded, for where there is no lab', () => {
  assert.ok(recordedIds().length > 0);
});
