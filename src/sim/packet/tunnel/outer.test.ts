import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import type { TunnelSettings } from '#facts/link/link';
import { cidrOf } from '#net/cidr';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A'), healthy.node('B')];
const [client, server] = [healthy.pod('A'), healthy.pod('B')];
const links = healthy.facts.seen('link', A.scope);
const vxlan = links.is === 'seen' ? links.value.find(({ name }) => name === 'flannel.1') : undefined;
assert.ok(vxlan?.vxlan != null);

/** With a tunnel of another kind in the place of the VXLAN device. */
const leading = (link: Partial<FactOf<'link'>> & { readonly name: string }, via: typeof B.address | null = null): BuiltCluster =>
  healthy.put('link', A.scope, { ...vxlan, index: 77, noArp: true, vxlan: null, ...link }).change(
    'route',
    A.scope,
    ({ to }) => to === B.subnet,
    (fact) => ({ ...fact, hops: [{ dev: link.name, via, onlink: via !== null, weight: 1, dead: false }] }),
  );

const tunnel: TunnelSettings = {
  ...{ kind: 'ipip', remote: null, local: null, dev: null, ttl: 0, tos: 0 },
  ...{ inKey: null, outKey: null, pathMtu: false, external: false },
};
const peerOf = (other: typeof A, publicKey: string) => ({
  ...{ publicKey, endpoint: { address: other.address, port: 51_820 }, allowed: [other.subnet], handshake: 0 },
});
const wg0 = { dev: 'wg0', port: 51_820, mark: 0 } as const;

/** Tunnels that take their source from the way to the other node. */
const TUNNELS: Readonly<Record<string, BuiltCluster>> = {
  vxlan: healthy.link(A.scope, 'flannel.1', { vxlan: { ...vxlan.vxlan, local: null } }),
  ipip: leading({ name: 'tunl0', type: 'ipip', tunnel }, B.address),
  wireguard: leading({ name: 'wg0', type: 'wireguard' })
    .put('wireguard', A.scope, { ...wg0, publicKey: 'a', peers: [peerOf(B, 'b')] })
    .put('link', B.scope, { ...vxlan, name: 'wg0', index: 77, type: 'wireguard', noArp: true, vxlan: null })
    .put('wireguard', B.scope, { ...wg0, publicKey: 'b', peers: [peerOf(A, 'a')] })
    .put('sysctl', A.scope, { name: 'net.ipv4.conf.wg0.rp_filter', value: '0' })
    .put('sysctl', B.scope, { name: 'net.ipv4.conf.wg0.rp_filter', value: '0' }),
  tun: leading({ name: 'flannel0', type: 'tun' }),
};

function ends(built: BuiltCluster): string {
  const [outcome] = trace(worldOf(built.facts), { from: client.scope, to: server.address, protocol: 'icmp' }).outcomes;
  return `${outcome?.disposition}: ${outcome?.reason.says}`;
}

const there = cidrOf(B.address, 32);

test('a tunnel without a source of its own has the one of the way to its other end', () => {
  for (const [kind, built] of Object.entries(TUNNELS)) assert.doesNotMatch(ends(built), /^(?:unknown|dropped)/, kind);
});

test('where no way leads to the other end it is dropped, and where the table was not read it is unknown', () => {
  const rule = { ...PLAIN_RULE, to: there, priority: 50 };
  for (const [kind, built] of Object.entries(TUNNELS)) {
    const none = built.put('rule', A.scope, { ...rule, action: { does: 'unreachable' } });
    assert.match(ends(none), /^dropped: no (?:source to reach|way to)/, kind);
    const asked = built.put('rule', A.scope, { ...rule, action: { does: 'lookup', table: '77' } });
    const own = asked.facts.partition('route', A.scope);
    assert.ok(own !== undefined);
    assert.equal(ends(asked.replace({ ...own, covers: ['local', 'main'] })), 'unknown: routing table 77 was not read whole', kind);
  }
});
