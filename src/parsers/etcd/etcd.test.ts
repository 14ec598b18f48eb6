import assert from 'node:assert/strict';
import test from 'node:test';
import { headOf } from '#parsers/recognise';
import { factsOf, parseText, recorded, withoutOrigin } from '#testing/parse-text';
import etcd from './etcd.ts';

const leases = (name: string, argv: readonly string[] = []) => {
  const parsed = parseText(etcd, recorded(name), { argv });
  assert.deepEqual(parsed.problems, [], name);
  return factsOf(parsed, 'lease').map(withoutOrigin);
};

/** What either form does not tell is left out of the comparison. */
function agree(one: object, other: object, name: string): void {
  for (const [field, value] of Object.entries(other)) {
    const own: unknown = (one as Record<string, unknown>)[field];
    if (value !== undefined && own !== undefined && field !== 'store') assert.deepEqual(value, own, `${name}: ${field}`);
  }
}

test('the gateway and every output of etcdctl 3 tell the same leases', () => {
  const body = leases('etcd-range');
  assert.deepEqual(
    body.map(({ subnet }) => subnet),
    ['10.100.14.0/24', '10.100.88.0/24'],
  );
  assert.equal(body[0]?.etcdLease, null);
  assert.equal(body[1]?.etcdLease, '694da1fdffd21006');
  assert.equal(body[1]?.vtepMac, '3e:fa:4c:7e:35:e8');
  assert.equal(body[1]?.vni, 1);
  assert.equal(body[1]?.ttlSeconds, undefined);
  assert.deepEqual(leases('etcdctl3-json'), body);
  assert.deepEqual(leases('etcdctl3-fields'), body);
  const simple = leases('etcdctl3-get');
  assert.equal(simple.length, 2);
  for (const [index, one] of simple.entries()) agree(body[index] ?? {}, one, 'simple');
  assert.equal(simple[0]?.etcdLease, undefined);
});

test('names of keys alone tell subnets and nothing else', () => {
  for (const name of ['etcdctl3-keys', 'etcdctl2-ls', 'etcdctl2-lsp']) {
    const found = leases(name);
    assert.deepEqual(found.map(({ subnet }) => subnet).sort(), ['10.100.14.0/24', '10.100.88.0/24'], name);
    assert.equal(found[0]?.publicIp, undefined);
    assert.equal(found[0]?.value, undefined);
  }
});

test('the time of a lease is told by its keys, as text, JSON and HTTP body', () => {
  for (const name of ['etcd-ttl', 'etcdctl3-lease-ttl', 'etcdctl3-lease-ttl-json']) {
    const [lease, ...others] = leases(name);
    assert.equal(others.length, 0);
    assert.equal(lease?.subnet, '10.100.88.0/24');
    assert.equal(lease?.etcdLease, '694da1fdffd21006');
    assert.equal(lease?.ttlSeconds, 86399);
    assert.equal(lease?.publicIp, undefined);
  }
});

test('the v2 keys API and every output of etcdctl 2 tell the same leases', () => {
  const body = leases('etcd-v2-keys');
  assert.deepEqual(body.map(({ subnet, ttlSeconds }) => [subnet, ttlSeconds]).sort(), [
    ['10.100.14.0/24', null],
    ['10.100.88.0/24', 86400],
  ]);
  const own = body.find(({ subnet }) => subnet === '10.100.88.0/24') ?? {};
  assert.equal(leases('etcdctl2-ls-json').length, 2);
  const key = '/coreos.com/network/subnets/10.100.88.0-24';
  for (const name of ['etcdctl2-json', 'etcdctl2-ext', 'etcdctl2-get']) {
    const [lease] = leases(name, ['etcdctl', 'get', key]);
    assert.ok(lease, name);
    agree(own, lease, name);
  }
});

test('the configuration is read beside the leases', () => {
  for (const name of ['etcd-range', 'etcdctl3-get', 'etcdctl3-fields', 'etcd-v2-keys']) {
    const [config] = factsOf(parseText(etcd, recorded(name)), 'flannel-config');
    const { origin: _, ...told } = config ?? { origin: { file: '' } };
    assert.deepEqual(told, {
      key: '/coreos.com/network/config',
      network: '10.100.0.0/16',
      subnetLength: 24,
      backend: 'vxlan',
      vni: 1,
      port: 8472,
      directRouting: undefined,
    });
  }
});

test('an answer that there are none is one, a refusal is a gap', () => {
  const gapOf = (text: string) => parseText(etcd, text, { exit: 1 }).readings[0]?.gap;
  assert.equal(gapOf(recorded('etcdctl2-refused'))?.why, 'failed');
  assert.equal(gapOf(recorded('etcdctl3-refused'))?.why, 'timed out');
  assert.equal(gapOf(recorded('etcd-range-bad'))?.why, 'failed');
  assert.equal(gapOf('Error: etcdserver: permission denied\n')?.why, 'denied');
  // etcdctl 2.2 to 3.2, as published with an incident
  const none = parseText(etcd, 'Error: 100: Key not found (/coreos.com/network/subnets) [127844346]\n').readings[0];
  assert.equal(none?.kind, 'lease');
  assert.equal(none?.covers, true);
  assert.equal(none?.gap, undefined);
  assert.deepEqual(parseText(etcd, recorded('etcdctl2-notfound')).readings, []);
  assert.equal(parseText(etcd, '{"header":{"cluster_id":"1","revision":"4"}}').readings[0]?.covers, true);
});

test('other keys never become facts', () => {
  const text = `${recorded('etcdctl3-get')}/registry/secrets/default/token\npassword\n`;
  assert.ok(!JSON.stringify(parseText(etcd, text)).includes('password'));
});

test('every recorded form is recognised', () => {
  for (const name of 'etcd-range etcd-ttl etcd-v2-keys etcdctl2-ext etcdctl2-get etcdctl2-json etcdctl2-ls etcdctl2-lsp etcdctl2-ls-json etcdctl2-notfound etcdctl2-refused etcdctl3-fields etcdctl3-get etcdctl3-json etcdctl3-keys etcdctl3-lease-list etcdctl3-lease-ttl etcdctl3-lease-ttl-json etcdctl3-refused'.split(
    ' ',
  )) {
    assert.ok(etcd.recognise(headOf(recorded(name))) > 0.5, name);
  }
});

test('hostile bodies give problems, never an exception', () => {
  const deep = `{"action":"get","node":${'{"nodes":['.repeat(5000)}${']}'.repeat(5000)}}`;
  for (const text of [
    deep,
    '{"header":{"cluster_id":1},"kvs":[{"key":5},null,{"key":"%%%"}]}',
    '{"header":{"cluster_id"',
    '"Key" : "\\x00"',
    'lease zz',
  ]) {
    assert.doesNotThrow(() => parseText(etcd, text));
  }
});
