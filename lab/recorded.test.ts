import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hasProduct } from './product.ts';
import { type Recording, readRecording, recordedIds } from './story/recording.ts';
import { remembering } from './story/remember.ts';
import { replayStage } from './story/replay.ts';
import { tellStory } from './story/tell.ts';
import { labTest } from './testing/lab-test.ts';
import { run } from './world/command.ts';

const MAIN_STORY = 'vxlan-vtep-mac-stale';
const RECORD = fileURLToPath(new URL('record.ts', import.meta.url));

for (const { fault } of recordedIds()) {
  test(`the recorded story of ${fault} is judged today as it was when it was recorded`, { skip: !hasProduct() }, async () => {
    const { stage, recorded } = remembering(replayStage(fault));
    assert.deepEqual(await tellStory(stage, () => {}), []);
    assert.deepEqual(recorded().judged, readRecording(fault).judged);
  });
}

test('at least one story is recorded, for where there is no lab', () => {
  assert.ok(recordedIds().length > 0);
});

/** What of a story must come out the same whenever it is played: all but times, devices' numbers and lease ids. */
const told = ({ subject, measured, judged, archives }: Recording): unknown => ({
  fault: subject.fault,
  title: subject.title,
  expected: subject.expected,
  machines: subject.cluster.slice(1),
  judged,
  archives,
  measured: Object.entries(measured).map(([phase, { matrix, probes }]) => ({
    phase,
    matrix,
    probes: probes.map(({ text, saw, right }) => ({ text, saw: saw.replace(/, \d+ ms\)/, ')'), right })),
  })),
});

labTest('the main story, played live now, is the one that is recorded', async () => {
  const out = mkdtempSync(join(tmpdir(), 'leadline-record-'));
  try {
    const env = { ...process.env };
    const { code, stdout, stderr } = await run(process.execPath, ['--no-warnings', RECORD, '--out', out, MAIN_STORY], {
      timeoutMs: 90_000,
      env,
    });
    assert.equal(code, 0, stdout + stderr);
    const live: Recording = JSON.parse(readFileSync(join(out, MAIN_STORY, 'story.json'), 'utf8'));
    assert.deepEqual(told(live), told(readRecording(MAIN_STORY)));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
