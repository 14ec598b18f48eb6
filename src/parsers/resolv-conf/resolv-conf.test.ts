import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import { formats } from '../formats.ts';
import hosts from '../hosts/hosts.ts';
import { recognise } from '../recognise.ts';
import resolvConf from './resolv-conf.ts';

test('a resolv.conf is read as written, the last search line wins', () => {
  const text =
    'domain old.test\nsearch default.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\nnameserver fe80::1%eth0\noptions ndots:5 timeout:1\nnameserver nope\n';
  const parsed = parseText(resolvConf, text, { argv: ['cat', '/proc/311/root/etc/resolv.conf'] });
  const [fact] = factsOf(parsed, 'resolv-conf');
  assert.equal(fact?.path, '/etc/resolv.conf');
  assert.deepEqual(fact?.nameservers, [
    { address: '10.96.0.10', line: 3 },
    { address: 'fe80::1', line: 4 },
  ]);
  assert.deepEqual(fact?.search, ['default.svc.cluster.local', 'svc.cluster.local']);
  assert.deepEqual(fact?.options, ['ndots:5', 'timeout:1']);
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [6],
  );
});

test('a hosts file is read without its comments', () => {
  const parsed = parseText(hosts, '127.0.0.1 localhost # own\n::1 ip6-localhost\n\n10.0.0.1\n10.0.0.2 k8s-api k8s\n');
  assert.deepEqual(
    factsOf(parsed, 'hosts').map(({ address, names }) => [address, names]),
    [
      ['127.0.0.1', ['localhost']],
      ['::1', ['ip6-localhost']],
      ['10.0.0.2', ['k8s-api', 'k8s']],
    ],
  );
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [4],
  );
});

test("Debian's own files are read: those of a fresh system, and what resolvconf writes", () => {
  const listed = parseText(hosts, recorded('debian-hosts'), { argv: ['cat', '/etc/hosts'] });
  assert.deepEqual(listed.problems, []);
  assert.deepEqual(
    factsOf(listed, 'hosts').map(({ address, names }) => [address, names]),
    [
      ['127.0.0.1', ['localhost']],
      ['::1', ['localhost', 'ip6-localhost', 'ip6-loopback']],
      ['ff02::1', ['ip6-allnodes']],
      ['ff02::2', ['ip6-allrouters']],
    ],
  );
  const parsed = parseText(resolvConf, recorded('debian-resolv-conf'), { argv: ['cat', '/etc/resolv.conf'] });
  const [fact] = factsOf(parsed, 'resolv-conf');
  assert.deepEqual(parsed.problems, []);
  assert.deepEqual(
    fact?.nameservers.map(({ address }) => address),
    ['192.0.2.53', '2001:db8::53'],
  );
  assert.deepEqual(fact?.search, ['example.org', 'corp.example.org']);
  assert.deepEqual(
    [recorded('debian-hosts'), recorded('debian-resolv-conf')].map((text) => recognise(text, formats)?.id),
    ['hosts', 'resolv-conf'],
  );
});
