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

test('numbers of `ip -N` and `ip -N -d` mean what the names mean', () => {
  // of iproute2 6.1
  const text = `1 default via 192.0.2.1 dev eth0 table 254 proto 16 scope 0 metric 100 \n1 10.7.0.0/16 table 254 proto 4 scope 0 \n\tnexthop via 192.0.2.12 dev eth0 weight 1 \n\tnexthop via 192.0.2.13 dev eth0 weight 3 \n7 10.13.0.0/16 table 254 proto 3 scope 0 metric 4278198272 \n1 192.0.2.0/24 dev eth0 table 254 proto 2 scope 253 src 192.0.2.7 \n2 192.0.2.7 dev eth0 table 255 proto 2 scope 254 src 192.0.2.7 \n`;
  const parsed = parseText(ipRoute, text);
  assert.ok(ipRoute.recognise(text) > 0.5);
  assert.deepEqual(parsed.problems, []);
  assert.deepEqual(
    factsOf(parsed, 'route').map(({ table, type, protocol, scope, hops }) => [table, type, protocol, scope, hops.length]),
    [
      ['main', 'unicast', 'dhcp', 'global', 1],
      ['main', 'unicast', 'static', 'global', 2],
      ['main', 'unreachable', 'boot', 'global', 0],
      ['main', 'unicast', 'kernel', 'link', 1],
      ['local', 'local', 'kernel', 'host', 1],
    ],
  );
});

test('a list whose first route has its next hops on lines of their own, and an answer to a packet that comes in, are recognised', () => {
  for (const text of [
    '10.7.0.0/16 \n\tnexthop via 192.0.2.12 dev eth0 weight 1 \n\tnexthop via 192.0.2.13 dev eth0 weight 3 \n',
    '10.7.0.0/16 \\\tnexthop via 192.0.2.12 dev eth0 weight 1 \\\tnexthop via 192.0.2.13 dev eth0 weight 3 \n',
  ]) {
    assert.ok(ipRoute.recognise(text) > 0.5, text);
    assert.deepEqual(
      factsOf(parseText(ipRoute, text), 'route').map(({ hops }) => hops.map(({ weight }) => weight)),
      [[1, 3]],
    );
  }
  const answer = '10.7.0.1 from 10.244.1.10 via 192.0.2.13 dev eth0 \n    cache iif cni0 \n';
  assert.ok(ipRoute.recognise(answer) > 0.5);
  assert.deepEqual(factsOf(parseText(ipRoute, answer), 'route'), []);
});

test('next hops of a route that is not understood are not of the route before it, and a gateway by name is not understood', () => {
  const before = '10.7.0.0/16 via 192.0.2.12 dev eth0 \n';
  for (const rest of [
    'odd 10.8.0.0/16 \n\tnexthop via 192.0.2.13 dev eth0 weight 3 \n',
    '10.8.0.0/16 \n\tnexthop via node-b dev eth0 weight 1 \n\tnexthop via 192.0.2.13 dev eth0 weight 3 \n',
    '10.8.0.0/16 via node-b dev eth0 \n',
  ]) {
    const parsed = parseText(ipRoute, before + rest);
    assert.deepEqual(
      factsOf(parsed, 'route').map(({ hops }) => hops.length),
      [1],
      rest,
    );
    assert.equal(parsed.problems.length, 1, rest);
    assert.deepEqual(parsed.readings[0]?.covers, []);
  }
});

test('a line that is cut off in the middle of a word and its value is no route, and the table is not whole', () => {
  const whole = '192.0.2.0/24 dev eth0 proto kernel scope link\n10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink\n';
  for (const cut of ['default via 192.0.2.1 dev eth0 proto static scope', 'default via 192.0.2.1 dev', 'default dev eth0 mtu lock']) {
    const parsed = parseText(ipRoute, `${whole}${cut}\n`);
    assert.deepEqual([factsOf(parsed, 'route').length, parsed.problems.map(({ line }) => line)], [2, [3]], cut);
    assert.deepEqual(parsed.readings[0]?.covers, [], cut);
  }
});
