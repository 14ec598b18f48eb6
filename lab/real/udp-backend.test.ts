import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cliPath } from '../product.ts';
import { lookUpFlanneld } from './build-flanneld.ts';
import { lookUpEtcd } from './etcd.ts';

const flanneld = lookUpFlanneld();
const lacks = [flanneld, lookUpEtcd()].flatMap((program) => (program.is === 'missing' ? [program.reason] : []));

/** Why this cannot be played here: flannel has this backend on x64 only, in C. */
function lackOf(): string | undefined {
  if (process.getuid?.() !== 0) return 'a TUN device needs root here';
  if (lacks[0] !== undefined || flanneld.is === 'missing') return lacks[0];
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun';
  return readFileSync(flanneld.path).includes('run_proxy')
    ? undefined
    : 'this flanneld was built without C, and so without its udp backend';
}
const lack = lackOf();
const skip = process.env['LEADLINE_LAB'] === 'required' ? undefined : lack;

test("flannel's udp backend: what the real flanneld does with packets of its TUN device is what the product says", {
  skip: skip ?? false,
}, () => {
  assert.equal(lack, undefined);
  const folder = mkdtempSync(join(tmpdir(), 'leadline-udp-'));
  try {
    const own = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
    const setUp = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && exec "$@"';
    const prove = [process.execPath, '--no-warnings', join(import.meta.dirname, 'udp-backend.prove.ts'), cliPath(), folder];
    const { status, stdout, stderr } = spawnSync('unshare', [...own, 'sh', '-c', setUp, 'sh', ...prove], {
      encoding: 'utf8',
      timeout: 300_000,
    });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /healthy, filtered, stopped/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
