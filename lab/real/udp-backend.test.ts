import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cliPath } from '../product.ts';
import { lookUpFlanneld } from './build-flanneld.ts';
import { lookUpEtcd } from './etcd.ts';

const lacks = [lookUpFlanneld(), lookUpEtcd()].flatMap((program) => (program.is === 'missing' ? [program.reason] : []));
const tun = existsSync('/dev/net/tun') ? lacks[0] : 'there is no /dev/net/tun';
const lack = process.getuid?.() === 0 ? tun : 'a TUN device needs root here';
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
      timeout: 120_000,
    });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /healthy, filtered, stopped/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
