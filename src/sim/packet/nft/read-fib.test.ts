import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { dualStack } from '#testing/built/dual-stack';
import { cluster } from '#testing/world-builder';
import { packetOf } from '../trace.ts';
import type { NftContext } from './context.ts';
import { readFib } from './read-fib.ts';
import { one } from './value.ts';

const bare = cluster({ nodes: 1, podsPerNode: 1 });
const { scope } = bare.pod('A');
const facts = dualStack(bare);

/** What `fib daddr type` reads, as a number of enum rtn_type. */
function typeOf(to: string, flags: readonly string[] = ['daddr'], without: Partial<NftContext['stack']> = {}): unknown {
  const world = worldOf(facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  for (const [name, value] of Object.entries(without)) Object.defineProperty(stack, name, { value });
  const packet = packetOf(world, { from: scope, to: ip`${to}`, protocol: 'udp', port: 53 });
  const context = { stack, packet, family: 6, hook: 'output', in: null, out: stack.link('eth0') ?? null } as unknown as NftContext;
  return readFib(context, flags, 'type');
}

/** Linux 6.18, by hand: of two datagrams `fib daddr type unicast` counted the one to 2001:db8::7, `unspec` the one to ::ffff:192.0.2.1. */
test('an address of IPv4 inside IPv6 is of no type (__nft_fib6_eval_type, __ipv6_addr_type)', () => {
  assert.deepEqual(typeOf('2001:db8::7'), one(1));
  assert.deepEqual(typeOf('::ffff:c000:201'), one(0));
});

test('whether a device has an address is not known where no address was read', () => {
  const gap = { of: 'address', scope, why: 'not collected', detail: 'none' } as const;
  assert.deepEqual(typeOf('2001:db8::7', ['daddr', 'oif']), one(1));
  assert.deepEqual(typeOf('2001:db8::7', ['daddr', 'oif'], { addresses: { is: 'gap', gap } }), { gap });
});
