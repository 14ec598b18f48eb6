import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';
import { kubeProxyProcess } from '#testing/built/kube-proxy';
import { written } from '#testing/built/written';
import { cluster } from '#testing/world-builder';
import { kubeProxyRuns } from './daemon.ts';

const A = onNode('A');
const built = cluster({ nodes: 2 });

/** The node with the health check of some kube-proxy, and whose socket it is as far as the capture saw. */
function healthCheckOf(facts: Facts, process: FactOf<'socket'>['process']): Facts {
  const socket = { protocol: 'tcp', state: 'LISTEN', local: { address: null, port: 10256, dev: null }, remote: null, process };
  return facts.with(written('socket', A, 'nodes/A/ss', [socket] as never));
}

test('a list of processes without kube-proxy says that it does not run, unless its sockets are there and nobody is seen to have them', () => {
  const without = built.facts.with(written('process', A, 'nodes/A/processes', []));
  assert.equal(kubeProxyRuns(without, 'A'), false);
  assert.equal(kubeProxyRuns(healthCheckOf(without, null), 'A'), null);
  assert.equal(kubeProxyRuns(healthCheckOf(without, { name: 'kube-router', pid: 7 }), 'A'), false);
  assert.equal(kubeProxyRuns(built.put('process', A, kubeProxyProcess(built, 'kube-proxy.service')).facts, 'A'), true);
});
