import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawCluster } from '../draw/cluster.ts';
import { touchedByBoth, touchedByLines, touchedByPlan } from './touched.ts';

const cluster = drawCluster('touched', { backends: ['legacy'], minNodes: 3, maxNodes: 3 });
const [first, second] = cluster.nodes;

test('lines touch the node that they are run on, or whose pod they are run in', () => {
  assert.ok(first !== undefined && second !== undefined);
  const route = { at: { node: first.name }, run: 'ip route del 192.0.2.0/24' };
  const link = { at: { pod: second.pods[0].name }, run: 'ip link set eth0 down' };
  assert.deepEqual(touchedByLines(cluster, []), new Set());
  assert.deepEqual(touchedByLines(cluster, [route]), new Set([first.name]));
  assert.deepEqual(touchedByLines(cluster, [route, link]), new Set([first.name, second.name]));
});

test('what components follow, a component, the switch and an unknown pod touch all', () => {
  assert.ok(first !== undefined);
  const at = { node: first.name };
  for (const run of ['etcdctl del /x', 'kubectl apply -f x', 'systemctl restart flanneld', 'kill -STOP $(cat /run/x)'])
    assert.equal(touchedByLines(cluster, [{ at, run }]), 'all', run);
  assert.equal(touchedByLines(cluster, [{ at: 'switch', run: 'ip link set A down' }]), 'all');
  assert.equal(touchedByLines(cluster, [{ at: 'etcd', run: 'true' }]), 'all');
  assert.equal(touchedByLines(cluster, [{ at: { pod: 'default/nobody' }, run: 'true' }]), 'all');
});

test('a plan touches its own nodes where each of its steps is of the kernel or a file, else all', () => {
  assert.deepEqual(touchedByPlan({ fixedOn: ['A'], does: ['sysctl', 'file'] }), new Set(['A']));
  assert.equal(touchedByPlan({ fixedOn: ['A'], does: ['route', 'etcd-key'] }), 'all');
  assert.equal(touchedByPlan({ fixedOn: ['A'], does: ['something new'] }), 'all');
});

test('all and some are all', () => {
  assert.equal(touchedByBoth('all', new Set(['A'])), 'all');
  assert.equal(touchedByBoth(new Set(['A']), 'all'), 'all');
  assert.deepEqual(touchedByBoth(new Set(['A']), new Set(['B'])), new Set(['A', 'B']));
});
