import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { SYSCTLS } from './sysctls.ts';

/** A setting as `sysctl -a` writes it, a line each where its value has several; nothing where it cannot be read. */
function linesOf(path: string): readonly string[] {
  try {
    const text = readFileSync(path, 'utf8');
    const name = path.slice('/proc/sys/'.length).replaceAll('/', '.');
    return text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((value) => `${name} = ${value}`);
  } catch {
    return [];
  }
}

test('every setting of a folder is told by its name, the empty ones too, and no key', (context) => {
  const folder = '/proc/sys/net/ipv4';
  if (!existsSync(folder)) return context.skip('not Linux');
  const { stdout, status } = spawnSync('sh', ['-c', `${SYSCTLS}\nsysctls`], { encoding: 'utf8' });
  assert.equal(status, 0);
  const told = stdout.split('\n').filter((line) => /^net\.ipv4\.[^.]+ = /.test(line));
  const files = readdirSync(folder).map((name) => `${folder}/${name}`);
  const settings = files.filter((path) => statSync(path).isFile() && !/(_key|stable_secret)$/.test(path));
  assert.ok(settings.length > 50);
  assert.deepEqual(told.toSorted(), settings.flatMap(linesOf).toSorted());
});

test('a setting of a device stands under the device', (context) => {
  if (!existsSync('/proc/sys/net/ipv4/conf/lo')) return context.skip('not Linux');
  const { stdout } = spawnSync('sh', ['-c', `${SYSCTLS}\nsysctls`], { encoding: 'utf8' });
  assert.match(stdout, /^net\.ipv4\.conf\.lo\.rp_filter = \d$/m);
});
