import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { argvInUserland } from './enter.ts';
import { userlandNamed, userlands } from './list.ts';
import { lookUp, rootOf } from './unpack.ts';

function run(argv: readonly string[]): { status: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(argv[0] ?? '', argv.slice(1), {
    encoding: 'utf8',
  });
  return { status, out: stdout + stderr };
}

for (const userland of userlands) {
  const unpacked = lookUp(userland);
  const reason = process.getuid?.() === 0 ? (unpacked.is === 'missing' ? unpacked.reason : false) : 'a chroot needs root';
  const root = unpacked.is === 'ready' ? unpacked.root : '';

  test(`${userland.name} runs its own tools in a network namespace of its own`, {
    skip: reason,
  }, () => {
    const within = ['unshare', '--net'];
    const { status, out } = run(argvInUserland(root, ['ip', 'link'], { within }));
    assert.equal(status, 0, out);
    assert.match(out, /^1: lo: <LOOPBACK>/);
    assert.equal(out.match(/^\d+: /gm)?.length, out.match(/^1: lo/gm)?.length);
  });

  test(`${userland.name} sees its own namespace in /proc and /sys`, {
    skip: reason,
  }, () => {
    const look = ['sh', '-c', 'ls /sys/class/net | grep -v bonding_masters; cut -s -d: -f1 /proc/net/dev; ls /run /tmp'];
    const { out } = run(argvInUserland(root, look, { within: ['unshare', '--net'] }));
    assert.deepEqual(out.trim().split(/\s+/), ['lo', 'lo', '/run:', '/tmp:']);
  });

  test(`${userland.name} keeps nothing that a command writes or mounts`, {
    skip: reason,
  }, () => {
    const before = readFileSync('/proc/self/mounts', 'utf8');
    const { out } = run(argvInUserland(root, ['sh', '-c', 'echo x >/tmp/x && cat /tmp/x; echo x >/etc/x || echo refused >&2']));
    assert.match(out, /^x\n.*refused/s);
    assert.equal(readFileSync('/proc/self/mounts', 'utf8'), before);
  });
}

test('a file of the caller can be laid into the userland', {
  skip: lookUp(userlandNamed('debian-12')).is === 'missing',
}, () => {
  const root = rootOf(userlandNamed('debian-12'));
  const { out } = run(
    argvInUserland(root, ['cat', '/mnt/list.ts'], {
      binds: { '/mnt': import.meta.dirname },
    }),
  );
  assert.match(out, /NETWORK_TOOLS/);
});

test('another list of packages is another place', () => {
  const [first] = userlands;
  assert.ok(first?.from === 'debootstrap');
  assert.notEqual(rootOf(first), rootOf({ ...first, packages: [...first.packages, 'curl'] }));
});
