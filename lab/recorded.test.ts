import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { shippedProduct } from './gauntlet/bundle.ts';
import { hasProduct } from './product.ts';
import { sideBySide } from './side-by-side.ts';
import { type Recording, readRecording, recordedIds } from './story/recording.ts';
import { remembering } from './story/remember.ts';
import { replayStage } from './story/replay.ts';
import { tellStory } from './story/tell.ts';
import { labTest } from './testing/lab-test.ts';
import { run } from './world/command.ts';

const RECORD = fileURLToPath(new URL('record.ts', import.meta.url));

for (const { fault } of recordedIds()) {
  test(`the recorded story of ${fault} is judged today as it was when it was recorded`, { skip: !hasProduct() }, async () => {
    const { stage, recorded } = remembering(replayStage(fault));
    assert.deepEqual(await tellStory(stage, () => {}), []);
    assert.deepEqual(recorded().unclear, { healthy: [], broken: [], mended: [] });
    assert.deepEqual(recorded().judged, readRecording(fault).judged);
  });
}

test('at least one story is recorded, for where there is no lab', () => {
  assert.ok(recordedIds().length > 0);
});

/** How many of several attempts were answered is drawn anew each time; whether all, some or none were is not. */
const answered = (_: string, some: string, all: string): string =>
  some === all ? 'all answered' : some === '0' ? 'none' : 'some answered';

/** What of a story must come out the same whenever it is played: all but times, draws, devices' numbers and lease ids. */
const told = ({ subject, measured, judged, unclear, archives }: Recording): unknown => ({
  fault: subject.fault,
  title: subject.title,
  expected: subject.expected,
  machines: subject.cluster.slice(1),
  judged,
  unclear,
  archives,
  measured: Object.entries(measured).map(([phase, { matrix, probes }]) => ({
    phase,
    matrix,
    probes: probes.map(({ text, saw, right }) => ({ text, saw: steady(saw), right })),
  })),
});
const steady = (saw: string): string => saw.replace(/, \d+ ms\)/, ')').replace(/(\d+) of (\d+) answered/, answered);

/** Stories wait for packets half of their time, and each has namespaces of its own. */
const AT_ONCE = 3;
/** So long a story may take, and all of them, with guests and others beside them: what hangs takes for ever. */
const STORY_MS = 400_000;
const ALL_MS = 600_000;

labTest(
  'every recorded story, played live now, is the one that is recorded',
  async () => {
    const bundle = await shippedProduct();
    assert.ok('path' in bundle, 'why' in bundle ? bundle.why : '');
    const out = mkdtempSync(join(tmpdir(), 'leadline-record-'));
    const env = { ...process.env, LEADLINE_CLI: bundle.path };
    try {
      await sideBySide(recordedIds(), AT_ONCE, async ({ fault }) => {
        const { code, stdout, stderr } = await run(process.execPath, ['--no-warnings', RECORD, '--out', out, fault], {
          timeoutMs: STORY_MS,
          env,
        });
        assert.equal(code, 0, stdout + stderr);
        const live: Recording = JSON.parse(readFileSync(join(out, fault, 'story.json'), 'utf8')); // written by record.ts a moment ago
        assert.deepEqual(told(live), told(readRecording(fault)));
      });
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  },
  ALL_MS,
);
