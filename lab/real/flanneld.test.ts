import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { lookUpFlanneld } from './build-flanneld.ts';
import { lookUpEtcd } from './etcd.ts';

const lacks = [lookUpFlanneld(), lookUpEtcd()].flatMap((program) => (program.is === 'missing' ? [program.reason] : []));
const lack = process.getuid?.() === 0 ? lacks[0] : 'namespaces and mounts need root here';
const skip = process.env['LEADLINE_LAB'] === 'required' ? undefined : lack;

test('real flanneld: a lease with an old MAC cuts its node off until flanneld there restarts', { skip: skip ?? false }, () => {
  assert.equal(lack, undefined);
  const own = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
  const setUp = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && exec "$@"';
  const argv = [...own, 'sh', '-c', setUp, 'sh', process.execPath, join(import.meta.dirname, 'flanneld.prove.ts')];
  const { status, stdout, stderr } = spawnSync('unshare', argv, { encoding: 'utf8', timeout: 300_000, killSignal: 'SIGKILL' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /healthy, broken, healed/);
});
