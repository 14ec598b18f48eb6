import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cidrOf } from '#net/cidr';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { answersArp } from './arp.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [a, b] = [healthy.node('A'), healthy.node('B')];
const second = ip`192.168.1.200`;

/** Measured on Linux 6.18 with arp_ignore 2: who asks from 10.0.0.1 is told 10.0.0.50/32 of a device that has 10.0.0.2/24 too, from 10.9.0.1 not. */
test('with arp_ignore 2 any prefix of the device may join who asks and what is asked for (inet_confirm_addr)', () => {
  const held = worldOf(healthy.facts).stack(a.scope)?.addresses;
  const own = held?.is === 'seen' ? held.table.byAddress.get(a.address)?.[0] : undefined;
  assert.ok(own !== undefined);
  const strict = healthy
    .put('address', a.scope, { ...own, address: second, length: 32 })
    .put('route', a.scope, { ...localRoute(), to: cidrOf(second, 32) })
    .sysctl(a.scope, 'net.ipv4.conf.all.arp_ignore', 2);
  const stack = worldOf(strict.facts).stack(a.scope);
  const link = stack?.link(a.uplink);
  assert.ok(stack !== undefined && link !== undefined);
  assert.equal(answersArp(stack, link, second, b.address), true);
  assert.equal(answersArp(stack, link, second, healthy.pod('B').address), false);
});

function localRoute() {
  const found = healthy.facts
    .partition('route', a.scope)
    ?.facts.find(({ type, hops }) => type === 'local' && hops.some(({ dev }) => dev === a.uplink));
  assert.ok(found !== undefined);
  return found;
}
