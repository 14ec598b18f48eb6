import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import sysctlFiles from './sysctl-files.ts';

// hand-made, the forms of sysctl.d(5)
const ONE = '# forwarding\nnet.ipv4.ip_forward=1\n; note\n-net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\nnonsense\n';

test('a file is read with its lines, whatever its comments', () => {
  const parsed = parseText(sysctlFiles, ONE, { argv: ['cat', '/etc/sysctl.d/99-k8s.conf'], exit: 0 });
  const [file] = factsOf(parsed, 'sysctl-file');
  assert.equal(file?.path, '/etc/sysctl.d/99-k8s.conf');
  assert.deepEqual(file?.settings, [
    { name: 'net.ipv4.ip_forward', value: '1', line: 2, optional: false },
    { name: 'net.ipv4.conf.*.rp_filter', value: '2', line: 4, optional: true },
    { name: 'net.ipv4.conf.all.rp_filter', value: '', line: 5, optional: true },
  ]);
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [6],
  );
});

test('several files in one text keep their paths and their order, empty ones too', () => {
  const text = '==> /etc/sysctl.conf <==\n\n==> /etc/sysctl.d/10.conf <==\nnet/ipv4/ip_forward=0\n';
  const parsed = parseText(sysctlFiles, text, { argv: ['tail', '-n', '+1'], exit: 0 });
  assert.deepEqual(
    factsOf(parsed, 'sysctl-file').map(({ path, settings }) => [path, settings.map(({ name, line }) => `${name}:${line}`)]),
    [
      ['/etc/sysctl.conf', []],
      ['/etc/sysctl.d/10.conf', ['net.ipv4.ip_forward:4']],
    ],
  );
  assert.equal(parsed.readings[0]?.covers, true);
});
