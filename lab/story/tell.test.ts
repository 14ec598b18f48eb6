import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replayStage } from './replay.ts';
import type { Stage } from './stage.ts';
import { tellStory } from './tell.ts';

const BECAUSE = 'the setting is the whole machine’s';

/** What is told of a recorded story, and what of it was done. */
async function told(stage: Stage): Promise<{ readonly text: string; readonly done: readonly string[]; readonly wrong: readonly string[] }> {
  const lines: string[] = [];
  const done: string[] = [];
  const doing = (name: 'mend' | 'heal'): Promise<readonly string[]> => {
    done.push(name);
    return Promise.resolve(['sysctl -w net.ipv4.conf.all.rp_filter=0']);
  };
  const wrong = await tellStory({ ...stage, mend: () => doing('mend'), heal: () => doing('heal') }, (line) => lines.push(line));
  return { text: lines.join('\n'), done, wrong };
}

test('a mend that the lab must not perform is planned, not performed, and the reader is told why', async () => {
  const stage = replayStage('forward-policy-drop');
  const kept = await told({ ...stage, subject: { ...stage.subject, unmendable: BECAUSE } });
  assert.deepEqual(kept.wrong, []);
  assert.deepEqual(kept.done, ['heal']);
  assert.match(kept.text, /The plan\n {6}fix /);
  assert.ok(kept.text.includes(`Not performed here: ${BECAUSE}. What was broken is taken back by hand:\n   sysctl -w`), kept.text);
  assert.doesNotMatch(kept.text, /The plan is for a person/);
});

test('one that it may is performed', async () => {
  const performed = await told(replayStage('forward-policy-drop'));
  assert.deepEqual([performed.wrong, performed.done], [[], ['mend']]);
  assert.doesNotMatch(performed.text, /Not performed here/);
});
