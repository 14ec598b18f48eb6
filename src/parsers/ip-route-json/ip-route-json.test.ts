import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import { byKey, parseRecorded, recordedNames } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipRoute from '../ip-route/ip-route.ts';
import ipRouteJson from './ip-route-json.ts';

const PAIRS = [
  ['ip-route-show', 'ip-j-route-show'],
  ['ip-d-route-show', 'ip-d-j-route-show'],
  ['ip-o-route-show', 'ip-d-j-route-show'],
  ['ip-route-show-table-all', 'ip-d-j-route-show-table-all'],
  ['ip-d-route-show-table-all', 'ip-j-route-show-table-all'],
  ['ip-6-route-show-table-all', 'ip-6-j-route-show-table-all'],
  ['ip-route-show-table-250', 'ip-j-route-show-table-250'],
  ['ip-route-show-table-local', 'ip-j-route-show-table-local'],
] as const;

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  const names = recordedNames(userland);
  for (const [text, json] of PAIRS.filter((pair) => pair.every((name) => names.includes(name)))) {
    test(`${userland}: text and JSON tell the same: ${text}`, () => {
      const [one, other] = [parseRecorded(ipRoute, userland, text), parseRecorded(ipRouteJson, userland, json)];
      assert.deepEqual([one.problems, other.problems], [[], []]);
      assert.deepEqual(one.readings[0]?.covers, other.readings[0]?.covers);
      assertSameFacts('route', one, other);
    });
  }
}

const debian12 = (name: string) =>
  byKey(parseRecorded(ipRouteJson, 'debian-12', name), 'route', ({ to, table, metric }) => `${table} ${to} ${metric ?? 0}`);

test('a route tells its next hops, its table and what the kernel does there', () => {
  const routes = debian12('ip-d-j-route-show-table-all');
  assert.deepEqual(routes.get('main 10.244.2.0/24 0')?.hops, [
    { dev: 'flannel.1', via: '10.244.2.0', onlink: true, weight: 1, dead: false, linkdown: false },
  ]);
  assert.deepEqual(
    routes.get('main 10.7.0.0/16 0')?.hops.map(({ via, weight }) => [via, weight]),
    [
      ['192.168.56.12', 1],
      ['192.168.56.1', 3],
    ],
  );
  assert.equal(routes.get('main 10.9.9.0/24 0')?.mtu, 1300);
  assert.equal(routes.get('250 0.0.0.0/0 4278198272')?.type, 'unreachable');
  assert.equal(routes.get('main 10.11.0.9/32 0')?.hops[0]?.via, 'fe80::5054:ff:fe00:5612');
  assert.equal(routes.get('main ::/0 1024')?.hops[0]?.dev, 'eth0');
  assert.equal(routes.get('main 10.17.0.0/16 0')?.nexthopId, 11);
});

test('a listing covers the tables that it was asked for', () => {
  const covers = (name: string) => parseRecorded(ipRouteJson, 'debian-12', name).readings[0]?.covers;
  assert.equal(covers('ip-j-route-show-table-all'), true);
  assert.deepEqual(covers('ip-j-route-show-table-250'), ['250']);
  assert.deepEqual(covers('ip-j-route-show'), ['main']);
});

test('what is no list of routes is a problem, not a throw', () => {
  assert.equal(parseText(ipRouteJson, '[{"dst":').problems.length, 1);
  assert.equal(parseText(ipRouteJson, '[1,{"dst":"x"},{}]').problems.length, 2);
});

test('numbers of `ip -N -j` mean what the names mean', () => {
  // recorded: ip -N -j -d route show table all, iproute2 6.1.0
  const text = `[{"type":"1","dst":"10.100.41.0/24","gateway":"10.100.41.0","dev":"flannel.1","table":"254","protocol":"3","scope":"0","flags":["onlink"]},{"type":"2","dst":"10.9.0.1","dev":"br0","table":"255","protocol":"2","scope":"254","prefsrc":"10.9.0.1","flags":[]}]`;
  const parsed = parseText(ipRouteJson, text);
  assert.deepEqual(parsed.problems, []);
  const routes = [...byKey(parsed, 'route', ({ to }) => to).values()];
  assert.deepEqual(
    routes.map(({ table, type, protocol, scope }) => [table, type, protocol, scope]),
    [
      ['main', 'unicast', 'boot', 'global'],
      ['local', 'local', 'kernel', 'host'],
    ],
  );
});

/** Recorded with iproute2 6.1.0 on Linux 6.18 after an ICMPv6 Packet Too Big: `ip -6 -d -j`, `ip -6 -d` and `ip -6 route show cached`. */
const LEARNT6 = [
  `[{"type":"unicast","dst":"2001:db8::7","gateway":"fd00:1::1","dev":"v0","metric":1024,"flags":[],"expires":599,"metrics":[{"mtu":1300}],"pref":"medium"}]`,
  'unicast 2001:db8::7 via fd00:1::1 dev v0 metric 1024 expires 599sec mtu 1300 pref medium\n',
  '2001:db8::7 via fd00:1::1 dev v0 metric 1024 expires 599sec mtu 1300 pref medium\n',
];

test('what the path of an IPv6 packet told stands without the word cache', () => {
  for (const text of LEARNT6) {
    const isJson = text.startsWith('[');
    const argv = ['ip', '-6', '-d', ...(isJson ? ['-j'] : []), 'route', 'show', 'cached'];
    const parsed = parseText(isJson ? ipRouteJson : ipRoute, text, { argv, exit: 0 });
    const [learnt, ...others] = factsOf(parsed, 'path-mtu');
    assert.deepEqual(
      [learnt?.to, learnt?.mtu, learnt?.via, learnt?.dev, learnt?.expiresSeconds, others, parsed.readings[0]?.covers, parsed.problems],
      ['2001:db8::7', 1300, 'fd00:1::1', 'v0', 599, [], ['6'], []],
      text,
    );
  }
});

/** Recorded with iproute2 6.1.0 on Linux 6.18 after a router sent an ICMP redirect: `ip -4 -d -j`, `ip -4 -d`, `ip -4 -o` route show cached. */
const REDIRECTED = [
  '[{"type":"unicast","dst":"10.9.0.9","gateway":"10.0.0.2","dev":"eth0","flags":[],"cache":["redirected"],"expires":299}]',
  'unicast 10.9.0.9 via 10.0.0.2 dev eth0 \n    cache <redirected> expires 299sec \n',
  '10.9.0.9 via 10.0.0.2 dev eth0 \\    cache <redirected> expires 299sec \n',
];

const cached = (text: string) =>
  parseText(text.startsWith('[') ? ipRouteJson : ipRoute, text, { argv: ['ip', '-4', '-d', 'route', 'show', 'cached'], exit: 0 });

test('what a redirect told is learnt of a path, as an MTU is', () => {
  for (const text of REDIRECTED) {
    const parsed = cached(text);
    const [learnt, ...others] = factsOf(parsed, 'path-mtu');
    assert.deepEqual(
      [learnt?.to, learnt?.via, learnt?.dev, learnt?.mtu, learnt?.redirected, learnt?.expiresSeconds, others],
      ['10.9.0.9', '10.0.0.2', 'eth0', null, true, 299, []],
      text,
    );
    assert.deepEqual([parsed.readings[0]?.covers, parsed.problems], [['4'], []]);
  }
});

test('what was learnt of a path and is not understood is said, and the list is not whole', () => {
  for (const text of REDIRECTED) {
    const parsed = cached(text.replaceAll('redirected', 'something'));
    assert.deepEqual([factsOf(parsed, 'path-mtu'), parsed.readings[0]?.covers, parsed.problems.length], [[], [], 1], text);
  }
});
