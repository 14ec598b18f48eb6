import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded, withoutOrigin } from '#testing/parse-text';
import ps from '../ps/ps.ts';
import processes from './processes.ts';

// the collector's own form
const TEXT = `# leadline processes
process flanneld pid 1234 start 5678 netns 4026531840 unit flanneld.service
arg /usr/local/bin/flanneld
arg -etcd-endpoints=http://root:hunter2@172.31.9.100:2379
arg -etcd-password
arg s3cret
arg -iface
arg eth0
env FLANNELD_IFACE=eth0
process dockerd pid 99 start 10 netns 4026531840 unit -
arg dockerd
arg --bip=10.100.28.1/24
arg --ip-masq=false
`;

test('processes come with their arguments, and without the secrets in them', () => {
  const parsed = parseText(processes, TEXT, { exit: 0 });
  const [flanneld, dockerd] = factsOf(parsed, 'process').map(withoutOrigin);
  assert.deepEqual(flanneld, {
    pid: 1234,
    name: 'flanneld',
    argv: [
      '/usr/local/bin/flanneld',
      '-etcd-endpoints=http://root:[redacted]@172.31.9.100:2379',
      '-etcd-password',
      '[redacted]',
      '-iface',
      'eth0',
    ],
    startTicks: 5678,
    unit: 'flanneld.service',
  });
  assert.equal(dockerd?.unit, null);
  assert.deepEqual(parsed.problems, []);
  assert.ok(!JSON.stringify(parsed).includes('hunter2'));
});

test("a dockerd's flags are Docker's options", () => {
  const [options] = factsOf(parseText(processes, TEXT), 'docker-options');
  assert.equal(options?.bridgeAddress, '10.100.28.1');
  assert.equal(options?.ipMasq, false);
  assert.equal(options?.mtu, null);
});

test('ps -ef and ps aux tell pids, names and words, not when a process began', () => {
  for (const name of ['ps-ef', 'ps-aux']) {
    const parsed = parseText(ps, recorded(name));
    assert.deepEqual(parsed.problems, [], name);
    const node = factsOf(parsed, 'process').find((one) => one.name === 'node');
    assert.ok(node && node.pid > 1, name);
    assert.equal(node.startTicks, undefined);
    assert.equal(node.unit, undefined);
  }
  const text =
    'UID PID PPID C STIME TTY TIME CMD\nroot 7 1 0 10:00 ? 00:00:01 /opt/flanneld --etcd-password=x -iface eth0\nroot 8 2 0 10:00 ? 0:0 [kworker/0]\n';
  const found = factsOf(parseText(ps, text), 'process');
  assert.deepEqual(
    found.map(({ name, argv }) => [name, argv.join(' ')]),
    [['flanneld', '/opt/flanneld --etcd-password=[redacted] -iface eth0']],
  );
});
