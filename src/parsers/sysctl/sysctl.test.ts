import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded, withoutOrigin } from '#testing/parse-text';
import { sysctlName } from '../sysctl-name.ts';
import sysctl from './sysctl.ts';

const settings = (text: string, argv: readonly string[] = []) =>
  new Map(factsOf(parseText(sysctl, text, { argv, exit: 0 }), 'sysctl').map((fact) => [fact.name, fact.value]));

test('sysctl of procps and of busybox tell the same values', () => {
  const procps = settings(recorded('sysctl'));
  const busybox = settings(recorded('sysctl-busybox'));
  assert.ok(procps.size > 200);
  // procps leaves deprecated settings out
  for (const [name, value] of procps) assert.equal(busybox.get(name), value, name);
  assert.equal(procps.get('net.ipv4.tcp_retries2'), '15');
  assert.equal(procps.get('net.ipv4.ip_local_port_range'), '32768 60999');
});

test('paths and dotted names of one setting are one name, dots of a device kept as slashes', () => {
  assert.equal(sysctlName('/proc/sys/net/ipv4/conf/eth0.5/rp_filter'), 'net.ipv4.conf.eth0/5.rp_filter');
  assert.equal(sysctlName('net.ipv4.conf.eth0/5.rp_filter'), 'net.ipv4.conf.eth0/5.rp_filter');
  const text = '/proc/sys/net/ipv4/conf/flannel.1/rp_filter=1\n/proc/sys/net/ipv4/tcp_rmem=4096\t131072\t6291456\n';
  assert.deepEqual(
    [...settings(text)],
    [
      ['net.ipv4.conf.flannel/1.rp_filter', '1'],
      ['net.ipv4.tcp_rmem', '4096 131072 6291456'],
    ],
  );
  assert.deepEqual([...settings('1\n', ['cat', '/proc/sys/net/ipv4/ip_forward'])], [['net.ipv4.ip_forward', '1']]);
});

test('the limits of the connection table are counters too', () => {
  const parsed = parseText(sysctl, 'net.netfilter.nf_conntrack_count = 7\nnet.netfilter.nf_conntrack_max = 262144\n');
  assert.deepEqual(
    factsOf(parsed, 'counter').map(({ name, value }) => [name, value]),
    [
      ['conntrack.count', 7],
      ['conntrack.max', 262144],
    ],
  );
});

test('secrets of the host do not become facts, and lines that are no settings are problems', () => {
  const parsed = parseText(
    sysctl,
    "net.ipv4.tcp_fastopen_key = 1-2-3-4\nnet.ipv6.conf.all.stable_secret = fe80::1\n=\nsysctl: permission denied on key 'x'\n",
  );
  assert.deepEqual(factsOf(parsed, 'sysctl').map(withoutOrigin), []);
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [3, 4],
  );
});

test('what went through a filter proves nothing by what it leaves out', () => {
  const covers = (argv: string[]) => parseText(sysctl, 'net.ipv4.ip_forward = 1\n', { argv, exit: 0 }).readings[0]?.covers;
  assert.equal(covers(['sysctl', '-a']), true);
  assert.deepEqual(covers(['sysctl', '-a|grep', 'ip_forward']), []);
});
