import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { labTest } from './testing/lab-test.ts';
import { type Ran, run } from './world/command.ts';

/** Less than the test itself may take, so that what the script has said so far is told. */
const LIMIT_MS = 280_000;

/** What one of the lab's own scripts printed. */
async function told<T>(script: string): Promise<T> {
  const file = fileURLToPath(new URL(`./testing/${script}`, import.meta.url));
  const { code, stdout, stderr } = await run(process.execPath, ['--no-warnings', file], { timeoutMs: LIMIT_MS, env: { ...process.env } });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout); // printed a moment ago
}

type Killed = {
  readonly killed: readonly string[];
  readonly again: Ran;
  readonly undone: Ran;
  readonly changed: readonly string[];
  readonly killedAgain: readonly string[];
  readonly resumed: Ran;
  readonly left: readonly string[];
};

labTest('a plan that is killed between two steps says how to go on or back, and does either', async () => {
  const { killed, again, undone, changed, killedAgain, resumed, left } = await told<Killed>('tell-killed.ts');
  const midway = ['ended with 128', 'etcd-key done', 'file done', 'unit-restart prepared'];
  assert.deepEqual(killed, midway);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /a plan is unfinished .*`leadline fix --resume` goes on, `leadline fix --undo` goes back/);
  assert.equal(undone.code, 0, undone.stderr);
  assert.match(undone.stderr, /2 of 3 steps done/);
  assert.deepEqual(changed, [], 'all facts are as before the plan');
  assert.deepEqual(killedAgain, midway);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(left, [], 'nothing is found any more');
});

type Turn = { readonly code: number; readonly said: string; readonly setting: readonly string[]; readonly saw: string };
type Local = { readonly node: string } & Readonly<Record<'shown' | 'refused' | 'applied' | 'again', Turn>>;

labTest('on one node alone, fix --local shows its plan, asks for the name of the node, mends, and finds nothing then', async () => {
  const { node, shown, refused, applied, again } = await told<Local>('tell-local.ts');
  const off = ['0', 'net.ipv4.ip_forward = 0'];
  assert.equal(shown.code, 3);
  assert.match(shown.said, new RegExp(`ip-forward-off {2}node/${node}[\\s\\S]*\\$ sysctl -w net.ipv4.ip_forward=1`));
  assert.deepEqual(shown.setting, off, 'showing changes nothing');
  assert.match(refused.said, new RegExp(`type ${node} to go on[\\s\\S]*nothing was done`));
  assert.deepEqual([refused.code, refused.setting], [3, off]);
  assert.match(refused.saw, /^silence/);
  assert.equal(applied.code, 0, applied.said);
  assert.match(applied.said, /mended: ip-forward-off/);
  assert.deepEqual(applied.setting, ['1', 'net.ipv4.ip_forward = 0', 'net.ipv4.ip_forward = 1']);
  assert.match(applied.saw, /^answers/);
  assert.deepEqual([again.code, again.said], [0, 'nothing to mend was found\n']);
});
