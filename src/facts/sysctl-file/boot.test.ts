import assert from 'node:assert/strict';
import test from 'node:test';
import { atBoot, lastingPath } from './boot.ts';
import type { SysctlFile } from './sysctl-file.ts';

const file = (path: string, ...settings: readonly (readonly [string, string])[]): SysctlFile => ({
  path,
  settings: settings.map(([name, value], index) => ({ name, value, line: index + 1, optional: false })),
  origin: { file: path },
});

const FORWARD = 'net.ipv4.ip_forward';

test('the last file by name wins, whatever its folder', () => {
  const files = [file('/etc/sysctl.d/10-a.conf', [FORWARD, '1']), file('/usr/lib/sysctl.d/50-b.conf', [FORWARD, '0'])];
  assert.deepEqual([atBoot(files, FORWARD)?.value, atBoot(files, FORWARD)?.path], ['0', '/usr/lib/sysctl.d/50-b.conf']);
});

test('a file in /etc hides the one of the same name that a package brought', () => {
  const files = [file('/usr/lib/sysctl.d/50-b.conf', [FORWARD, '0']), file('/etc/sysctl.d/50-b.conf', [FORWARD, '1'])];
  assert.equal(atBoot(files, FORWARD)?.value, '1');
});

test('/etc/sysctl.conf is read as 99-sysctl.conf: after 99-kubernetes.conf', () => {
  const files = [file('/etc/sysctl.conf', [FORWARD, '0']), file('/etc/sysctl.d/99-kubernetes.conf', [FORWARD, '1'])];
  assert.equal(atBoot(files, FORWARD)?.path, '/etc/sysctl.conf');
  const masked = [...files, file('/etc/sysctl.d/99-sysctl.conf')];
  assert.equal(atBoot(masked, FORWARD)?.value, '1');
});

test('the other name of the same variable, slashes and patterns count', () => {
  assert.equal(atBoot([file('/etc/sysctl.d/a.conf', ['net.ipv4.conf.all.forwarding', '1'])], FORWARD)?.value, '1');
  assert.equal(atBoot([file('/etc/sysctl.d/a.conf', ['net/ipv4/ip_forward', '1'])], FORWARD)?.value, '1');
  assert.equal(atBoot([file('/etc/sysctl.d/a.conf', ['net.ipv4.conf.*.forwarding', '1'])], FORWARD)?.value, '1');
  const both = [file('/etc/sysctl.d/a.conf', [FORWARD, '1']), file('/etc/sysctl.d/b.conf', ['net.ipv4.conf.*.forwarding', '0'])];
  assert.equal(atBoot(both, FORWARD)?.value, '1', 'a full name beats a pattern');
});

test('what boot never reads decides nothing', () => {
  const files = [file('/etc/sysctl.d/a.conf.bak', [FORWARD, '1']), file('/root/b.conf', [FORWARD, '1'])];
  assert.equal(atBoot(files, FORWARD), null);
});

test('our own file is named so that nothing is read after it', () => {
  assert.equal(lastingPath([]), '/etc/sysctl.d/99-zz-leadline.conf');
  assert.equal(lastingPath([file('/etc/sysctl.d/99-zz-leadline.conf')]), '/etc/sysctl.d/99-zz-leadline.conf');
  const path = lastingPath([file('/etc/sysctl.d/zz.conf', [FORWARD, '0'])]);
  assert.equal(path, '/etc/sysctl.d/zz-leadline.conf'.replace('zz-', 'zzz-'));
});
