import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded, USERLANDS } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipRouteJson from '../ip-route-json/ip-route-json.ts';
import routeTable from '../route-table/route-table.ts';
import procNetRoute from './proc-net-route.ts';

/** Routes of which this form shows the whole: one next hop of the same family, no type of service, no rejecting type. */
const WHOLE = /^(0\.0\.0\.0\/0|10\.8\.|10\.9\.|10\.10\.|10\.17\.|10\.244\.[123]\.|172\.|192\.|198\.)/;

for (const userland of USERLANDS) {
  const full = () => parseRecorded(ipRouteJson, userland === 'busybox' ? 'debian-12' : userland, 'ip-d-j-route-show');
  test(`${userland}: /proc/net/route and ip route tell the same`, () => {
    const parsed = parseRecorded(procNetRoute, 'debian-12', 'cat-proc-net-route');
    assertSameFacts('route', parsed, full(), { among: ({ to }) => WHOLE.test(to) });
    // a gateway of the other family is not told, so that route is not read
    assert.deepEqual(parsed.readings[0]?.covers, []);
  });
  test(`${userland}: route -n and /proc/net/route tell the same`, () => {
    assertSameFacts(
      'route',
      parseRecorded(routeTable, userland, 'route-n'),
      parseRecorded(procNetRoute, 'debian-12', 'cat-proc-net-route'),
    );
  });
}

test('what the form does not tell is not told, and what it cannot tell apart is said', () => {
  const parsed = parseRecorded(procNetRoute, 'debian-12', 'cat-proc-net-route');
  const routes = byKey(parsed, 'route', ({ to }) => to);
  const pods = routes.get('10.244.2.0/24' as never);
  assert.deepEqual([pods?.scope, pods?.mtu, pods?.source, pods?.hops[0]?.onlink], [undefined, undefined, undefined, undefined]);
  assert.equal(routes.get('10.13.0.0/16' as never)?.type, 'unreachable');
  assert.equal(routes.get('10.244.200.0/26' as never)?.type, 'blackhole');
  assert.equal(routes.has('10.11.0.9/32' as never), false);
  assert.ok(parsed.problems.length >= 3);
});

test('the table is whole where every row was read', () => {
  const whole =
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\neth0\t00000000\t0138A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n';
  assert.deepEqual(parseText(procNetRoute, whole).readings[0]?.covers, ['main']);
  assert.deepEqual(parseText(procNetRoute, `${whole}eth0\t0000\n`).readings[0]?.covers, []);
});

test('lines that are no routes are problems', () => {
  assert.equal(parseText(procNetRoute, 'Iface\tDestination\tGateway \tFlags\tRefCnt\neth0\tzz\t0\t0\n').problems.length, 1);
});
