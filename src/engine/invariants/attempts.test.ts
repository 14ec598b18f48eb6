import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import { ip, type Ip } from '#net/ip';
import { worldOf } from '#dataplane/world';
import { sentTwice, timeoutAlone } from '#testing/built/sent-twice';
import { cluster } from '#testing/world-builder';
import { attempts } from './attempts.ts';

type Socket = FactOf<'socket'>;

const healthy = cluster({ nodes: 2 });
const [from, to] = [healthy.node('A'), healthy.node('B')];
const pod = to.pods[0];
assert.ok(pod !== undefined);
const server = pod.address;

/** A SYN that was sent twice, the last time 0.9 s ago. */
const SENT_TWICE: Socket = { ...sentTwice(from.address, pod.address, 8080), origin: { file: 'nodes/A/ss_-tuanpieOH', line: 2 } };

function asked(...sockets: readonly Socket[]) {
  const scope = { node: 'A', netns: '' };
  const { facts } = sockets.reduce((now, { origin: _, ...fact }) => now.edit([{ op: 'put', kind: 'socket', scope, fact }]), healthy);
  return attempts(facts).map((check) => ({ id: check.id, observed: check.observed?.result, predicted: check.ask(worldOf(facts)).result }));
}

test('a SYN that was sent again and is away again is a measured failure, whatever the model says', () => {
  assert.deepEqual(asked(SENT_TWICE), [{ id: `attempt A→${pod.address}:8080`, observed: 'fail', predicted: 'pass' }]);
});

/** The questions where an earlier look showed the SYN sent twice, and the last one these sockets. */
function askedAfter(...last: readonly Socket[]) {
  const scope = { node: 'A', netns: '' };
  const partition = healthy
    .edit([{ op: 'put', kind: 'socket', scope, fact: sentTwice(from.address, server, 8080) }])
    .facts.partition('socket', scope);
  assert.ok(partition !== undefined);
  const looks = [
    { look: 1, at: undefined, facts: [SENT_TWICE] },
    { look: 2, at: undefined, facts: last },
  ];
  return attempts(healthy.facts.with({ ...partition, facts: last, looks })).map(({ id }) => id);
}

test('what an earlier look showed counts as long as somebody still tries', () => {
  const fresh: Socket = { ...SENT_TWICE, timer: { kind: 'on', expiresMs: 900, retries: 0 }, tcp: timeoutAlone(1000) };
  assert.deepEqual(askedAfter(fresh), [`attempt A→${server}:8080`]);
  assert.deepEqual(askedAfter({ ...fresh, state: 'ESTAB' }), []);
  assert.deepEqual(askedAfter(), []);
});

test('several attempts at one peer are one question', () => {
  const other = { ...SENT_TWICE, local: { ...SENT_TWICE.local, port: 41235 } };
  assert.equal(asked(SENT_TWICE, { ...other, tcp: timeoutAlone(2000) }).length, 1);
});

test('a first SYN, one that has just left or long ago, and one to a stranger tell nothing', () => {
  assert.deepEqual(asked({ ...SENT_TWICE, timer: { kind: 'on', expiresMs: 100, retries: 0 }, tcp: timeoutAlone(1000) }), []);
  assert.deepEqual(asked({ ...SENT_TWICE, timer: { kind: 'on', expiresMs: 1990, retries: 1 }, tcp: timeoutAlone(2000) }), []);
  assert.deepEqual(asked({ ...SENT_TWICE, timer: { kind: 'on', expiresMs: 20_000, retries: 6 }, tcp: timeoutAlone(32_000) }), []);
  const stranger: Ip = ip`192.0.2.9`;
  assert.deepEqual(asked({ ...SENT_TWICE, remote: { address: stranger, port: 443 }, tcp: timeoutAlone(2000) }), []);
  assert.deepEqual(asked({ ...SENT_TWICE, tcp: null }), [], 'without a timeout nobody knows when it left');
});
