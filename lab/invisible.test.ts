import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { labTest } from './testing/lab-test.ts';

const TELL = fileURLToPath(new URL('./testing/tell-invisible.ts', import.meta.url));

type Told = {
  readonly saw: string;
  readonly victim: string;
  readonly peer: string;
  readonly uplink: string;
  readonly said: {
    readonly findings: readonly { readonly fault: string; readonly severity: string }[];
    readonly unexplained: readonly { readonly bracket: { readonly from: string; readonly to: string } | null }[];
  };
};

labTest('a switch that drops ends in the honest answer: no wrong cause, and the two points between which to look', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', TELL], {
    timeout: 280_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { saw, victim, peer, uplink, said }: Told = JSON.parse(stdout);
  assert.equal(saw, 'silence');
  assert.deepEqual(
    said.findings.filter(({ severity }) => severity === 'error').map(({ fault }) => fault),
    [],
  );
  const [{ bracket } = { bracket: null }] = said.unexplained;
  assert.deepEqual([bracket?.from, bracket?.to], [`${peer} ${uplink}`, `${victim} ${uplink}`]);
});
