import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import ipRoute from './ip-route.ts';

test('what ip route get answers is no entry of a table', () => {
  const parsed = parseRecorded(ipRoute, 'debian-12', 'ip-route-get-10.244.2.20');
  assert.deepEqual(parsed.readings[0]?.facts, []);
});

test('a form without -d does not tell scope and protocol that it leaves out', () => {
  const routes = byKey(parseRecorded(ipRoute, 'debian-12', 'ip-route-show'), 'route', ({ to }) => to);
  const pods = routes.get('10.244.2.0/24' as never);
  assert.deepEqual([pods?.scope, pods?.protocol, pods?.hops[0]?.onlink], [undefined, undefined, true]);
});

test('a list with the device left out proves nothing, and takes it from the command where that is known', () => {
  const text = '192.0.2.0/24 proto kernel scope link src 192.0.2.7 \n';
  assert.deepEqual(parseText(ipRoute, text).readings[0]?.covers, []);
  assert.deepEqual(parseText(ipRoute, 'default via 192.0.2.1 dev eth0\n192.0.2.0/24 dev eth0 scope link\n').readings[0]?.covers, ['main']);
  const asked = parseText(ipRoute, text, { argv: ['ip', 'route', 'show', 'dev', 'eth0'] });
  assert.deepEqual(asked.readings[0]?.covers, []);
  assert.equal(byKey(asked, 'route', ({ to }) => to).get('192.0.2.0/24' as never)?.hops[0]?.dev, 'eth0');
});

test('a few routes of a table prove nothing by what they leave out', () => {
  const covers = (text: string) => parseText(ipRoute, text).readings[0]?.covers;
  const [wire, tunnel] = ['192.0.2.0/24 dev eth0 proto kernel scope link', '10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink'];
  assert.deepEqual(covers(`default via 192.0.2.1 dev eth0\n`), [], '`ip route show default`, or another table');
  assert.deepEqual(covers(`${tunnel}\n`), [], '`ip route | grep flannel`');
  assert.deepEqual(covers(`local 192.0.2.7 dev eth0 table local proto kernel scope host\n`), [], '`… table all type local`');
  assert.deepEqual(covers(`${wire}\n${tunnel}\n`), ['main']);
  assert.deepEqual(covers(`${wire}\nhello world\n`), [], 'a row that was not understood may be any row');
});

test('lines that are no routes, and words that are not known, are problems', () => {
  const parsed = parseText(ipRoute, 'hello world\ndefault via 192.0.2.1 dev eth0 sideways\n');
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [1, 2],
  );
});

test('busybox leaves words out: what they would tell is not told, and its signed metrics are the kernel’s', () => {
  const routes = factsOf(parseRecorded(ipRoute, 'busybox', 'ip-route-show'), 'route');
  const nexthop = routes.find(({ to }) => to === '10.17.0.0/16');
  assert.deepEqual([nexthop?.nexthopId, nexthop?.mtu, nexthop?.hops[0]?.dead], [undefined, undefined, undefined]);
  assert.equal(routes.find(({ to }) => to === '10.13.0.0/16')?.metric, 4278198272);
});
