import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import ipNeigh from './ip-neigh.ts';

test('an entry without an address of its own, and one that is answered for others, are told', () => {
  const failed = byKey(parseRecorded(ipNeigh, 'debian-12', 'ip-neigh-show'), 'neighbour', ({ address }) => address).get(
    '192.168.56.36' as never,
  );
  assert.deepEqual([failed?.mac, failed?.state], [null, 'failed']);
  const proxy = parseRecorded(ipNeigh, 'debian-12', 'ip-neigh-show-proxy');
  assert.equal(byKey(proxy, 'neighbour', ({ address }) => address).get('192.168.56.99' as never)?.proxy, true);
  assert.deepEqual(proxy.readings[0]?.covers, []);
});

test('the device of a listing for one device is taken from the command', () => {
  const parsed = parseText(ipNeigh, '10.244.2.0 lladdr 3e:fa:4c:7e:35:e8 PERMANENT\n', {
    argv: ['ip', 'neigh', 'show', 'dev', 'flannel.1'],
  });
  assert.equal(byKey(parsed, 'neighbour', ({ address }) => address).get('10.244.2.0' as never)?.dev, 'flannel.1');
  assert.deepEqual(parsed.readings[0]?.covers, []);
});

test('lines that are no neighbours are problems', () => {
  assert.deepEqual(
    parseText(ipNeigh, 'hello\n').problems.map(({ line }) => line),
    [1],
  );
});

test('what does not name its devices, or has IPv6 alone, proves nothing by what it leaves out', () => {
  const covers = (text: string) => parseText(ipNeigh, text).readings[0]?.covers;
  const row = '10.244.2.0 dev flannel.1 lladdr 3e:fa:4c:7e:35:e8 PERMANENT\n';
  assert.deepEqual(
    covers('10.244.2.0 lladdr 3e:fa:4c:7e:35:e8 PERMANENT\n'),
    [],
    '`ip neigh show dev flannel.1`, pasted without its command',
  );
  assert.deepEqual(covers('fe80::1 dev eth0 lladdr 52:54:00:00:56:12 router STALE\n'), [], '`ip -6 neigh`');
  assert.equal(covers(row), true);
});
