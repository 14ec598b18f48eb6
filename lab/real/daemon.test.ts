import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const MODULE = new URL('./daemon.ts', import.meta.url).pathname;
/** The first process of a pid namespace, which reaps none but its own: the daemon's child outlives it in its group, and dies there. */
const FIRST = `
  import { startDaemon } from '${MODULE}';
  const daemon = startDaemon(['sh', '-c', 'sleep 0.3 & exec sleep 0.1'], '/dev/null');
  await new Promise((done) => setTimeout(done, 600));
  await daemon.stop();
  console.log(daemon.running() ? 'still running' : 'stopped');
  process.exit(0);
`;

test('a daemon is stopped, and not running any more, whose dead child nobody reaps', (context) => {
  if (process.getuid?.() !== 0) return context.skip('pid namespaces need root here');
  const argv = ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, '--no-warnings', '--input-type=module', '-e', FIRST];
  const { stdout, stderr } = spawnSync('unshare', argv, { encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' });
  assert.equal(stdout, 'stopped\n', stderr);
});
