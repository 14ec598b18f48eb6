import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { call } from '../etcdctl/client.ts';
import { messageIn, toBytes } from './messages.ts';
import { etcdServer } from './server.ts';
import { Store } from './store.ts';
import { V2Store } from './v2.ts';

/** An etcd on a free port of this machine's loopback. */
async function started(now = () => 0) {
  const store = new Store(now);
  const server = etcdServer(store, new V2Store());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  const endpoint = `http://127.0.0.1:${port}`;
  const ask = async (path: string, body: unknown) => messageIn(await call(endpoint, path, body));
  return { store, endpoint, ask, stop: () => server.closeAllConnections() ?? server.close() };
}

test('a key is put under a lease, read, and goes with its lease', async () => {
  let now = 0;
  const { ask, stop } = await started(() => now);
  const { ID } = await ask('lease/grant', { TTL: '60', ID: '0' });
  await ask('kv/put', { key: toBytes('/a'), value: toBytes('x'), lease: ID });
  const read = await ask('kv/range', { key: toBytes('/'), range_end: toBytes('0') });
  assert.equal(read['count'], '1');
  assert.deepEqual(read['kvs'], [
    { key: toBytes('/a'), create_revision: '2', mod_revision: '2', version: '1', value: toBytes('x'), lease: ID },
  ]);
  now = 61_000;
  assert.equal((await ask('kv/range', { key: toBytes('/a') }))['kvs'], undefined);
  assert.equal((await ask('lease/timetolive', { ID }))['TTL'], '-1');
  stop();
});

test('a put under a lease that is not there is refused in the real words', async () => {
  const { ask, stop } = await started();
  await assert.rejects(ask('kv/put', { key: toBytes('/a'), value: '', lease: '7' }), /etcdserver: requested lease not found/);
  stop();
});

test('a transaction does one or the other', async () => {
  const { ask, stop } = await started();
  const create = {
    compare: [{ key: toBytes('/a'), target: 'VERSION', result: 'EQUAL', version: '0' }],
    success: [{ request_put: { key: toBytes('/a'), value: toBytes('1') } }],
  };
  assert.equal((await ask('kv/txn', create))['succeeded'], true);
  assert.equal((await ask('kv/txn', create))['succeeded'], undefined);
  stop();
});

test('a watcher is told what changes under its prefix, and what it missed', async () => {
  const { store, endpoint, stop } = await started();
  store.put('/p/early', '1');
  const asked = request(new URL('/v3/watch', endpoint), { method: 'POST' });
  asked.on('error', () => {});
  asked.end(JSON.stringify({ create_request: { key: toBytes('/p/'), range_end: toBytes('/p0'), start_revision: '2' } }));
  const [response] = await once(asked, 'response');
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const next = async () => messageIn(messageIn(JSON.parse(String((await lines.next()).value)))['result']);
  assert.equal((await next())['created'], true);
  assert.match(JSON.stringify(await next()), new RegExp(toBytes('/p/early')));
  store.put('/other', 'x');
  store.delete('/p/early');
  assert.match(JSON.stringify(await next()), /"type":"DELETE"/);
  asked.destroy();
  stop();
});

test('a watcher that waits for a later revision than an emptied etcd has is told nothing', () => {
  const store = new Store(() => 0);
  const told: unknown[] = [];
  store.watch(50, (changes) => told.push(changes));
  store.put('/a', '1');
  assert.deepEqual(told, []);
});

test('what was saved is loaded again', () => {
  const store = new Store(() => 0);
  store.put('/a', '1', store.grant(60, 0x694da1fc00000001n).id);
  const again = new Store(() => 0);
  again.load(JSON.parse(JSON.stringify(store.saved())));
  assert.deepEqual(again.range('/a'), store.range('/a'));
  assert.equal(again.revision, store.revision);
});

test('the old keys of v2 are another world', async () => {
  const { endpoint, ask, stop } = await started();
  const put = await fetch(`${endpoint}/v2/keys/coreos.com/network/config`, { method: 'PUT', body: new URLSearchParams({ value: '{}' }) });
  assert.equal(put.status, 201);
  const listed = await (await fetch(`${endpoint}/v2/keys/coreos.com?recursive=true`)).json();
  assert.match(JSON.stringify(listed), /"key":"\/coreos.com\/network\/config","value":"{}"/);
  assert.equal((await ask('kv/range', { key: toBytes('/coreos.com/network/config') }))['kvs'], undefined);
  assert.equal((await fetch(`${endpoint}/v2/keys/nope`)).status, 404);
  stop();
});

test('nonsense is refused, and the server lives', async () => {
  const { endpoint, stop } = await started();
  assert.equal((await fetch(`${endpoint}/v3/kv/range`, { method: 'POST', body: '{"key":' })).status, 400);
  assert.equal((await fetch(`${endpoint}/v3/nope`, { method: 'POST', body: '{}' })).status, 404);
  assert.equal((await fetch(`${endpoint}/health`)).status, 200);
  stop();
});
