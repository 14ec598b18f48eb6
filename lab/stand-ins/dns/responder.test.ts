import assert from 'node:assert/strict';
import { test } from 'node:test';
import { respond, zoneOf } from './responder.ts';

const zone = zoneOf({
  services: [{ name: 'default/kubernetes:https', clusterIp: '10.96.0.1', port: 443, protocol: 'tcp', targetPort: 6443, endpoints: [] }],
});

/** A query with one question, as a resolver sends it. */
function query(name: string, type = 1): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([Buffer.from('abcd01000001000000000000', 'hex'), ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

test('a service name is answered with its cluster address', () => {
  const answer = respond(zone, query('Kubernetes.default.svc.cluster.local'));
  assert.equal(answer?.readUInt16BE(0), 0xabcd);
  assert.equal(answer?.readUInt16BE(6), 1);
  assert.deepEqual([...(answer?.subarray(-4) ?? [])], [10, 96, 0, 1]);
});

test('a name that does not exist is told so, and another type is an empty answer', () => {
  assert.equal((respond(zone, query('nope.example'))?.readUInt16BE(2) ?? 0) & 15, 3);
  assert.equal((respond(zone, query('kubernetes.default.svc.cluster.local', 28))?.readUInt16BE(2) ?? 1) & 15, 0);
});

test('garbage is refused or ignored, never thrown at', () => {
  assert.equal(respond(zone, Buffer.from('short')), undefined);
  assert.equal((respond(zone, Buffer.from('abcd010000010000000000003f61', 'hex'))?.readUInt16BE(2) ?? 0) & 15, 1);
});
