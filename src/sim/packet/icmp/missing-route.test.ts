import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { end } from '../next.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { icmpError } from './error.ts';

const { facts, ...healthy } = cluster({ nodes: 2, podsPerNode: 1 });
const world = worldOf(facts);

/** Measured on Linux 6.18 (scene nft:g4.201+aim): a "protocol unreachable" that a router had no route for was one of the five. */
test('what no error is sent about counts as a missing route too (ip_error, before __icmp_send looks)', () => {
  const stack = world.stack(healthy.nodes[0]?.scope ?? assert.fail());
  assert.ok(stack !== undefined);
  const rest = { sourcePort: 0, destinationPort: 0, tcp: null, size: 84, df: false, ttl: 64, mark: 0 } as const;
  const ends = { source: ip`198.51.100.9`, destination: ip`192.0.2.9` } as const;
  const ping = { ...ends, ...rest, protocol: 'icmp', icmp: { type: 8, code: 0, id: 1 } } as const;
  const error = { ...ping, icmp: { type: 3, code: 2, id: 0, inner: ping } } as const;
  let state = FRESH;
  const told = (about: typeof ping | typeof error, at: number): boolean => {
    const run = new Run(world, forced(new Map()), state, at);
    const ended = end(skbOf(stack, about), { disposition: 'unreachable', code: 'IP_INNOROUTES', says: 'no route' });
    const sent = icmpError(run, ended, { about, stack, type: 3, code: 0, ofRoute: true, delayMs: 0 });
    state = run.after();
    return sent !== null;
  };
  assert.deepEqual(
    [0, 20, 40, 60, 80].map((at) => told(error, at)),
    [false, false, false, false, false],
  );
  assert.deepEqual([told(ping, 100), told(ping, 4000)], [false, true]);
});
