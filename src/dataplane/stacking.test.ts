import assert from 'node:assert/strict';
import test from 'node:test';
import { trace } from '#sim/packet/trace';
import { cluster } from '#testing/world-builder';
import { worldOf } from './world.ts';

const healthy = cluster({ nodes: 2 });
const { scope, uplink } = healthy.node('A');
const pod = healthy.pod('A');
const parent = worldOf(healthy.facts).stack(scope)?.link(uplink);

/** A pod whose device is a macvlan on the node's uplink: it names an index in a namespace that has a number and no name. */
const built = healthy.change('link', pod.scope, pod.device, {
  type: 'macvlan',
  upper: { kind: 'macvlan', mode: 'bridge', sources: [], nodst: false },
  peerIndex: parent?.index ?? null,
  peerNsid: 0,
  peerName: null,
});

function lowerOf(facts: typeof built.facts): string | undefined {
  const world = worldOf(facts);
  const stack = world.stack(pod.scope);
  const link = stack?.link(pod.device);
  if (stack === undefined || link === undefined) throw new Error('no device');
  const lower = world.lower(stack, link);
  return lower === undefined ? undefined : `${lower.stack.scope.netns}/${lower.link.name}`;
}

test("a macvlan's parent in another namespace is found by its index: a number without a name is none of the named ones", () => {
  assert.equal(lowerOf(built.facts), `/${uplink}`);
  const world = worldOf(built.facts);
  const root = world.stack(scope);
  if (root === undefined || parent === undefined) throw new Error('no uplink');
  assert.deepEqual(
    world.uppers(root, root.link(uplink) ?? parent).map(({ link }) => link.name),
    [pod.device],
  );
});

test('of two namespaces without a name that have the index neither is taken', () => {
  const [other] = healthy.node('A').pods.slice(1);
  if (other === undefined) throw new Error('one pod only');
  const unnamed = built.change('namespace', scope, ({ id }) => id === other.netns, { name: null });
  const twin = unnamed.change('link', other.scope, other.device, { index: parent?.index ?? 0 });
  assert.equal(lowerOf(twin.facts), undefined);
});

test('what such a pod sends leaves by the parent', () => {
  const { outcomes } = trace(worldOf(built.facts), { from: pod.scope, to: healthy.node('B').address, protocol: 'icmp' });
  assert.ok(outcomes.every(({ reason }) => reason.code !== 'NOT_MODELLED'));
});
