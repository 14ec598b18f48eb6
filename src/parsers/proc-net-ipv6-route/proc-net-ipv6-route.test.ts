import assert from 'node:assert/strict';
import test from 'node:test';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import procNetIpv6Route from './proc-net-ipv6-route.ts';

test('local addresses are told; the table of any other route is not', () => {
  const parsed = parseRecorded(procNetIpv6Route, 'debian-12', 'cat-proc-net-ipv6_route');
  const routes = byKey(parsed, 'route', ({ to }) => to);
  assert.deepEqual(
    [routes.get('2001:db8:56::11/128' as never)?.type, routes.get('2001:db8:56::11/128' as never)?.hops[0]?.dev],
    ['local', 'eth0'],
  );
  assert.equal(routes.has('2001:db8:204::/48' as never), false);
  assert.equal(parsed.problems.length, 1);
  assert.deepEqual(parsed.readings[0]?.covers, []);
});
