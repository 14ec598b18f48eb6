import assert from 'node:assert/strict';
import test from 'node:test';
import { symptomsIn } from './symptom.ts';

const classOf = (text: string): string | undefined => symptomsIn(text)[0]?.class.id;

test('the kubelet line of a half-open connection is no proof that the API server is down', () => {
  const line =
    'E0415 17:03:11.351872 16624 kubelet_node_status.go:374] Error updating node status, will retry: error getting node "k8s-slave88": Get https://10.13.10.12:6443/api/v1/nodes/k8s-slave88?timeout=5s: net/http: request canceled (Client.Timeout exceeded while awaiting headers)';
  assert.equal(classOf(line), 'kubelet-heartbeat-timeout');
});

test('a name that does not exist is not a name server that does not answer', () => {
  assert.equal(classOf('java.net.UnknownHostException: Unknown host ruleengine-for-admin'), 'name-not-known');
  assert.equal(classOf('curl: (6) Could not resolve host: web'), 'name-not-known');
  assert.equal(classOf(';; connection timed out; no servers could be reached'), 'name-server-silent');
});

test('an error that names the way is told from silence', () => {
  assert.equal(classOf('connect: no route to host'), 'no-route');
  assert.equal(classOf('3 packets transmitted, 0 received, 100% packet loss, time 2043ms'), 'timed-out');
  assert.equal(classOf('dial tcp 10.96.0.1:443: connect: connection refused'), 'refused');
  assert.equal(classOf('all is well'), undefined);
});
