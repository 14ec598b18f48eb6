import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
import { validateSource } from './rp-filter.ts';

const bare = cluster({ nodes: 1, podsPerNode: 1 });
const node = bare.node('A');
const route = { ...plainRoute(cidr`10.88.0.0/24`, node.bridge), hops: [], nexthopId: 5 };
const object = { id: 5, via: null, group: null, blackhole: false, fdb: false, onlink: false, dead: false };

/** Linux 6.18.44, all.rp_filter=1, `ip route add 10.88.0.0/24 nhid 5`: 10.88.0.1 is answered where object 5 is of the device that it came by, else it counts in IPReversePathFilter. */
test('strict filtering knows the devices of a route that names a next hop object alone (nexthop_uses_dev)', () => {
  const packet: Packet = {
    ...{ source: ip`10.88.0.1`, destination: node.gateway, protocol: 'icmp', sourcePort: 0, destinationPort: 0, tcp: null },
    ...{ icmp: { type: 8, code: 0, id: 7 }, size: 84, df: false, ttl: 64, mark: 0 },
  };
  const told = (dev: string): string => {
    const built = bare
      .sysctl(node.scope, 'net.ipv4.conf.all.rp_filter', 1)
      .put('route', node.scope, route)
      .put('nexthop', node.scope, { ...object, dev });
    const stack = worldOf(built.facts).stack(node.scope);
    const link = stack?.link(node.bridge);
    assert.ok(stack !== undefined && link !== undefined);
    const valid = validateSource(stack, packet, link, null);
    return valid.is === 'invalid' ? valid.code : valid.is;
  };
  assert.equal(told(node.bridge), 'valid');
  assert.equal(told(node.uplink), 'IP_RPFILTER');
});
