import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { findTool } from '../world/tools.ts';
import { cpio, file, folder, link } from './cpio.ts';

test('every record begins and ends on four bytes, and the last one says so', () => {
  const archive = cpio([folder('etc'), file('etc/name', Buffer.from('guest')), link('bin', 'usr/bin')]);
  assert.equal(archive.length % 4, 0);
  assert.equal(archive.subarray(0, 6).toString(), '070701');
  assert.match(archive.toString('latin1'), /TRAILER!!!/);
});

test('another program reads it', (context) => {
  const busybox = findTool('busybox');
  if (busybox === undefined) return context.skip('this machine lacks busybox');
  const archive = cpio([folder('etc'), file('etc/name', Buffer.from('guest')), link('bin', 'usr/bin')]);
  const { status, stdout } = spawnSync(busybox, ['cpio', '-t'], { input: archive, encoding: 'utf8' });
  assert.equal(status, 0);
  assert.deepEqual(stdout.trim().split('\n'), ['etc', 'etc/name', 'bin']);
});
