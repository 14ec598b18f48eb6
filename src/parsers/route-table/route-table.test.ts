import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import routeTable from './route-table.ts';

test('netstat -rn tells what route -n tells, but no metric', () => {
  const one = parseRecorded(routeTable, 'debian-12', 'netstat-rn');
  assert.equal(byKey(one, 'route', ({ to }) => to).get('10.244.2.0/24' as never)?.metric, undefined);
  // without the metric two defaults are one key
  assertSameFacts('route', one, parseRecorded(routeTable, 'debian-12', 'route-n'), { among: ({ to }) => /^10\.(8|9|244)\./.test(to) });
});

test('IPv6 tables are not told apart, so nothing is taken of them', () => {
  const parsed = parseRecorded(routeTable, 'debian-12', 'route-n-A-inet6');
  assert.deepEqual(parsed.readings[0]?.facts, []);
  assert.match(parsed.problems[0]?.why ?? '', /table all/);
});

test('names in place of addresses are problems', () => {
  const text =
    'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\nmynet  gw  255.255.255.0 UG 0 0 0 eth0\n';
  assert.deepEqual(
    parseText(routeTable, text).problems.map(({ line }) => line),
    [3],
  );
});
