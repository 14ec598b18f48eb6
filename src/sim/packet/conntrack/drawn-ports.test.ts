import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { trackedConnection } from '#testing/tracked-connection';
import { cluster } from '#testing/world-builder';
import { forced } from '#sim/clock/choice';
import { Run } from '../run.ts';
import { FRESH, type State } from '../state.ts';
import { packetOf } from '../trace.ts';
import { type Connection, inverted, type Tuple } from './connection.ts';
import { find } from './find.ts';

const built = cluster();
const world = worldOf(built.facts);
const [client, server] = [built.pod('D', 1), built.pod('A')];
const [router, host] = [world.stack(client.scope), world.stack(server.scope)];
assert.ok(router !== undefined && host !== undefined);
const packet = packetOf(world, { from: client.scope, to: ip`10.96.0.10`, protocol: 'udp', port: 8080, sport: 20044 });
const range = [1024, 65535] as const;

/** What a client asks a router, and what that asks the host from a port that it draws: 20045 is shown. */
const asked: Tuple = { source: ip`10.1.0.2`, destination: ip`203.0.113.7`, sourcePort: 20044, destinationPort: 8080 };
const masked: Tuple = { source: ip`10.2.0.1`, destination: ip`10.2.0.3`, sourcePort: 20045, destinationPort: 8080 };

const run = (state: State): Run => new Run(world, forced(new Map()), state);
const answers = inverted(masked, 'udp');
const onHost = (original = masked, reply = answers): Connection =>
  trackedConnection({ ...packet, drawn: { source: range } }, 'udp', original, { reply });
const before = (its: Connection): State => {
  const first = run(FRESH);
  first.confirm(router, trackedConnection(packet, 'udp', asked, { reply: answers, drawn: { what: 'source', range } }));
  first.confirm(host, its);
  return first.after();
};

/** Linux 6.18: the answer left a host's socket and was dropped by its OUTPUT; what the router sent next was of the same connection there. */
test('an answer that the router never sees tells the port that it drew all the same (nf_nat_l4proto_unique_tuple)', () => {
  const answering = run(before(onHost()));
  assert.equal(find(answering, host, packet, { ...answers, destinationPort: 9173 })?.direction, 'reply');
  const later = run(answering.after());
  const own = find(later, router, packet, asked)?.connection;
  assert.deepEqual([own?.reply.destinationPort, own?.drawn], [9173, undefined]);
  assert.equal(find(later, host, packet, { ...masked, sourcePort: 9173 })?.direction, 'original');
});

test('what the router learns holds where its packets came, redirected there or not', () => {
  const redirected = { ...answers, sourcePort: 53 };
  const learning = run(before(onHost(masked, redirected)));
  assert.equal(find(learning, router, packet, { ...answers, destinationPort: 9173 })?.direction, 'reply');
  const found = find(run(learning.after()), host, packet, { ...redirected, destinationPort: 9173 });
  assert.equal(found?.connection.original.sourcePort, 9173);
});

test('a host that redirects tells the router the port, not where it redirected to', () => {
  const redirected = { ...answers, sourcePort: 53 };
  const answering = run(before(onHost(masked, redirected)));
  find(answering, host, packet, { ...redirected, destinationPort: 9173 });
  assert.deepEqual(find(run(answering.after()), router, packet, asked)?.connection.reply, { ...answers, destinationPort: 9173 });
});

/** Linux 6.18 (nft:s3.4): of a client's port below 512 the router drew 200 of 511; what then came to port 80 was no answer. */
test('what comes to one of few ports may be no answer to what drew one of them', () => {
  const first = run(FRESH);
  first.confirm(router, trackedConnection(packet, 'udp', asked, { reply: answers, drawn: { what: 'source', range: [1, 511] } }));
  const state = first.after();
  const found = (picked: number) => {
    const at = new Run(world, { pick: () => picked }, state);
    return find(at, router, packet, { ...answers, destinationPort: 80 })?.direction;
  };
  assert.deepEqual([found(0), found(1)], ['reply', undefined]);
});

/** Linux 6.18 (conntrack:s4.461): of 64,512 ports the router drew one; what came to another one, that a socket of its own talked from, was no answer. */
test('what comes to a port that another connection was opened from is no answer to what drew one', () => {
  const first = run(before(onHost()));
  const own: Tuple = { source: masked.source, destination: ip`10.2.0.9`, sourcePort: 20228, destinationPort: 80 };
  first.confirm(router, trackedConnection(packet, 'udp', own, { reply: inverted(own, 'udp') }));
  const state = first.after();
  const found = (destinationPort: number) => find(run(state), router, packet, { ...answers, destinationPort })?.direction;
  assert.deepEqual([found(20228), found(20229)], [undefined, 'reply']);
});

/** Linux 6.18 (nat:b81ecaee.14): what came to the port that a client's was masqueraded to, from another server than that one's, was no answer, nor once that was reset. */
test('what comes to a port that another connection is or was at is no answer to what drew one', () => {
  const first = run(before(onHost()));
  const theirs: Tuple = { source: ip`10.1.0.9`, destination: ip`10.2.0.9`, sourcePort: 20228, destinationPort: 8080 };
  const reply = { ...inverted(theirs, 'udp'), destination: masked.source };
  first.confirm(router, trackedConnection(packet, 'udp', theirs, { reply }));
  const there = first.after();
  const last = run(there);
  const known = find(last, router, packet, theirs)?.connection;
  assert.ok(known !== undefined);
  last.forget(router, known);
  const found = (state: State, destinationPort: number) => find(run(state), router, packet, { ...answers, destinationPort })?.direction;
  assert.deepEqual([found(there, 20228), found(there, 20229)], [undefined, 'reply']);
  assert.deepEqual([found(last.after(), 20228), found(last.after(), 20229)], [undefined, 'reply']);
});

/** Linux 6.18 (nat:s20.108): the router's NAT gave another connection the tuple; what came to the host with it was of that one. */
test('what the router knows as of another connection is no answer to what drew a port there', () => {
  const first = run(before(onHost()));
  const theirs: Tuple = { source: ip`10.1.0.9`, destination: ip`203.0.113.8`, sourcePort: 20228, destinationPort: 8080 };
  first.confirm(router, trackedConnection(packet, 'udp', theirs, { reply: { ...answers, destinationPort: 20228 } }));
  const state = first.after();
  const found = (destinationPort: number) => find(run(state), host, packet, { ...answers, destinationPort })?.direction;
  assert.deepEqual([found(20228), found(20229)], [undefined, 'reply']);
});

/** Linux 6.18 (services:s21.1118): a reset ended the connection that had drawn the port; what then came to it was no answer to another that had drawn one, here nor there. */
test('what comes to a port that nobody saw may be for a connection that is gone by then', () => {
  const first = run(before(onHost()));
  const [theirs, shown]: readonly [Tuple, Tuple] = [
    { ...asked, sourcePort: 20049 },
    { ...masked, sourcePort: 20050 },
  ];
  const drawn = { what: 'source', range } as const;
  const answer = { ...answers, destinationPort: 9173 };
  /** Whose answer it is at the host and, behind it, at the router, by the port from which it was asked for. */
  const hears = (isResetThere: boolean, ...picked: readonly number[]) => {
    const all = run(first.after());
    const there = trackedConnection(packet, 'udp', theirs, { reply: inverted(shown, 'udp'), drawn });
    const here = trackedConnection({ ...packet, drawn: { source: range } }, 'udp', shown);
    all.confirm(router, there);
    all.confirm(host, here);
    all.forget(host, here);
    if (isResetThere) all.forget(router, there);
    const picks = picked.values();
    const at = new Run(world, { pick: () => picks.next().value ?? assert.fail('nothing is left to pick') }, all.after());
    return [host, router].map((stack) => find(at, stack, packet, answer)?.connection.original.sourcePort);
  };
  assert.deepEqual(hears(true, 0), [9173, 20044]);
  assert.deepEqual(hears(true, 1), [undefined, undefined]);
  assert.deepEqual(hears(false, 1), [undefined, 20049], 'it is there still where the reset never came');
});

/** In the same scene the reset was dropped on its way: what the host took for new then was an answer to the router. */
test('what opens a connection where the one is gone that it answers is its answer all the same elsewhere', () => {
  const here = onHost();
  const all = run(before(here));
  const [its] = all.drawn(host);
  assert.ok(its !== undefined);
  all.forget(host, its);
  const answer = { ...answers, destinationPort: 9173 };
  assert.equal(find(all, host, packet, answer), undefined);
  all.confirm(host, trackedConnection(packet, 'udp', answer));
  assert.equal(find(all, router, packet, answer)?.connection.original.sourcePort, 20044);
});

/** Linux 6.18 (services:s24.609): the host rejected what one port was drawn for, so that it tracks that one not, and took another's. */
test('what comes to a port may be for a connection that the host itself has rejected', () => {
  const first = run(before(onHost()));
  const rejected = { ...asked, sourcePort: 20055 };
  const reply = { ...answers, destinationPort: 20056 };
  first.confirm(router, trackedConnection(packet, 'udp', rejected, { reply, drawn: { what: 'source', range } }));
  const state = first.after();
  const came = { ...answers, destinationPort: 9173 };
  const found = (picked: number) => {
    const at = new Run(world, { pick: () => picked }, state);
    const here = find(at, host, packet, came)?.direction;
    return [here, find(run(at.after()), router, packet, came)?.connection.original.sourcePort];
  };
  assert.deepEqual(found(0), [undefined, rejected.sourcePort]);
  assert.deepEqual(found(1), ['reply', asked.sourcePort]);
});
