import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { trackedConnection } from '#testing/tracked-connection';
import { cluster } from '#testing/world-builder';
import { enumerate, forced } from '#sim/clock/choice';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { type Connection, inverted, rangeOfPort, type Tuple, type Zone } from './connection.ts';
import { find } from './find.ts';

const built = cluster();
const world = worldOf(built.facts);
const client = built.pod('D', 1);
const stack = world.stack(client.scope);
assert.ok(stack);
const packet = packetOf(world, { from: client.scope, to: ip`10.96.0.10`, protocol: 'udp', port: 53, sport: 40001 });

const connection = (protocol: 'udp' | 'icmp', original: Tuple, zone: Zone = { original: 0, reply: 0 }): Connection =>
  trackedConnection(packet, protocol, original, { zone });

const one: Tuple = { source: ip`10.1.0.3`, destination: ip`10.2.0.1`, sourcePort: 20008, destinationPort: 30080 };

test('a request that comes with the addresses and id of an expected answer is not that answer', () => {
  const run = new Run(world, forced(new Map()), FRESH);
  const ping = connection('icmp', { ...one, destinationPort: 8 * 256 });
  run.confirm(stack, ping);
  const back = { ...inverted(ping.original, 'icmp'), destinationPort: 8 * 256 };
  assert.equal(find(run, stack, { ...packet, protocol: 'icmp' }, back), undefined);
  assert.equal(find(run, stack, { ...packet, protocol: 'icmp' }, { ...back, destinationPort: 0 })?.direction, 'reply');
});

test('the answers of one zone and the requests of another may have the same tuple', () => {
  const run = new Run(world, forced(new Map()), FRESH);
  const asked = connection('udp', one, { original: 5, reply: 0 });
  const answered = connection('udp', asked.reply, { original: 0, reply: 6 });
  run.confirm(stack, asked);
  run.confirm(stack, answered);
  assert.equal(find(run, stack, packet, asked.reply, { original: 0, reply: 6 })?.connection, answered);
  assert.equal(find(run, stack, packet, asked.reply, { original: 5, reply: 0 })?.connection, asked);
  assert.equal(find(run, stack, packet, one, { original: 5, reply: 0 })?.direction, 'original');
});

/** Linux 6.18: behind `-j CT --zone-orig 5` in OUTPUT, the peer's next request was an answer. */
test('of one whose requests and one whose answers have a tuple in the same zone the newer is found (__nf_conntrack_hash_insert)', () => {
  const asked = connection('udp', one);
  const answered = connection('udp', asked.reply, { original: 5, reply: 0 });
  const found = (...all: readonly Connection[]) => {
    const run = new Run(world, forced(new Map()), FRESH);
    for (const each of all) run.confirm(stack, { ...each });
    return find(new Run(world, forced(new Map()), run.after()), stack, packet, one)?.direction;
  };
  assert.deepEqual([found(asked, answered), found(answered, asked)], ['reply', 'original']);
});

/** Linux 6.18: behind `-j CT --zone-reply 6` in PREROUTING, a reset with the tuple of an earlier request was of that request's connection. */
test('where answers have a zone of their own, requests are looked through before them (resolve_normal_ct)', () => {
  const zone = { original: 0, reply: 6 };
  const asked = connection('udp', one, zone);
  const answered = connection('udp', asked.reply, zone);
  const found = (...all: readonly Connection[]) => {
    const run = new Run(world, forced(new Map()), FRESH);
    for (const each of all) run.confirm(stack, { ...each });
    return find(new Run(world, forced(new Map()), run.after()), stack, packet, one, zone)?.direction;
  };
  assert.deepEqual([found(asked, answered), found(answered, asked)], ['original', 'original']);
});

test('what comes to the port of a connection that is gone is no answer to the one after it, whose port was drawn too (nf_ct_kill)', () => {
  const drawn = { what: 'source', range: [1024, 65535] } as const;
  const masked = (port: number): Connection => {
    const own = connection('udp', one);
    return { ...own, reply: { ...own.reply, destinationPort: port }, drawn };
  };
  const run = new Run(world, forced(new Map()), FRESH);
  const gone = masked(30001);
  run.confirm(stack, gone);
  run.forget(stack, gone);
  const now = masked(30002);
  run.confirm(stack, now);
  const later = new Run(world, forced(new Map()), run.after());
  assert.equal(find(later, stack, packet, gone.reply), undefined);
  assert.equal(find(later, stack, packet, { ...gone.reply, destinationPort: 30003 })?.direction, 'reply');
});

test('an answer tells the port that was drawn before its connection came here (nf_nat_l4proto_unique_tuple)', () => {
  const run = new Run(world, forced(new Map()), FRESH);
  const own = connection('udp', one);
  run.confirm(stack, { ...own, packet: { ...packet, drawn: { source: [1024, 65535] } } });
  const answer = { ...own.reply, destinationPort: 40444 };
  const later = new Run(world, forced(new Map()), run.after());
  const found = find(later, stack, packet, answer);
  assert.equal(found?.direction, 'reply');
  assert.equal(found?.connection.original.sourcePort, 40444);
  const last = new Run(world, forced(new Map()), later.after());
  assert.equal(find(last, stack, packet, own.original), undefined, 'the port that was shown was none');
  assert.equal(find(last, stack, packet, { ...own.original, sourcePort: 40444 })?.direction, 'original');
});

test("of several whose ports were drawn out of one range an answer may be any one's", () => {
  const run = new Run(world, forced(new Map()), FRESH);
  const drawn = { what: 'source', range: [1024, 65535] } as const;
  for (const sourcePort of [20008, 20009]) {
    const own = connection('udp', { ...one, sourcePort });
    run.confirm(stack, { ...own, reply: { ...own.reply, destinationPort: sourcePort + 1 }, drawn });
  }
  const answer = { ...inverted(one, 'udp'), destinationPort: 50000 };
  const { branches } = enumerate((chooser) => find(new Run(world, chooser, run.after()), stack, packet, answer));
  assert.deepEqual(
    branches.map(({ result, probability }) => [result?.connection.original.sourcePort, probability]),
    [
      [20008, 0.5],
      [20009, 0.5],
    ],
  );
});

test('a port that was drawn here is of the answers, one that was drawn before of both directions, as long as nothing changed it', () => {
  const [here, before] = [[1024, 65535] as const, [1, 511] as const];
  const asked: Tuple = { source: ip`10.1.0.2`, destination: ip`203.0.113.7`, sourcePort: 300, destinationPort: 53 };
  const ranges = (change: Partial<Connection>) => {
    const connection = trackedConnection(packet, 'udp', asked, { reply: inverted(asked, 'udp'), ...change });
    return (['original', 'reply'] as const).flatMap((way) =>
      (['sourcePort', 'destinationPort'] as const).map((end) => rangeOfPort(connection, way, end)),
    );
  };
  assert.deepEqual(ranges({}), [undefined, undefined, undefined, undefined]);
  assert.deepEqual(ranges({ drawn: { what: 'source', range: here } }), [undefined, undefined, undefined, here]);
  const drawn = { ...packet, drawn: { source: before } };
  assert.deepEqual(ranges({ packet: drawn }), [before, undefined, undefined, before]);
  const told = { ...inverted(asked, 'udp'), destinationPort: 301 };
  assert.deepEqual(ranges({ packet: drawn, reply: told }), [before, undefined, undefined, undefined]);
});
