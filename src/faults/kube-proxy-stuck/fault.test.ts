import type { Facts } from '#facts/facts';
import { fullSync } from '#intent/kube-proxy/full-sync';
import { ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { kubeProxyUnit } from '#testing/built/kube-proxy';
import { inNftMode } from '#testing/built/nft-mode';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const GONE = ip`10.100.77.40`;
const built = cluster();
const withUnit = built.put('unit', onNode('D'), kubeProxyUnit(built));
const healthy = withApi(withUnit);
const inNft = withApi(inNftMode(withUnit));

/** The slices of default/web with one more endpoint, where nobody is. */
function withGone(facts: Facts): Facts {
  const slices = facts.partition('endpoints', CLUSTER);
  if (slices === undefined) throw new Error('no slices');
  const more = slices.facts.map((slice) => {
    const [first] = slice.addresses;
    return slice.service === 'web' && first !== undefined
      ? { ...slice, addresses: [...slice.addresses, { ...first, address: GONE, node: 'C' }] }
      : slice;
  });
  return facts.with({ ...slices, facts: more, looks: slices.looks.map((look) => ({ ...look, facts: more })) } as never);
}

/** Every node follows the objects; those of `old` follow them as they were while the endpoint was there. */
const followed = (old: readonly string[], from = healthy): Facts => {
  const nodes = from.nodes();
  const before = nodes.reduce((facts, node) => fullSync(facts, node), withGone(from));
  const slices = from.partition('endpoints', CLUSTER);
  if (slices === undefined) throw new Error('no slices');
  return nodes.filter((node) => !old.includes(node)).reduce((facts, node) => fullSync(facts, node), before.with(slices));
};

/** Nothing leads a node's own packets to Services: its rules are not asked about them. */
function withoutDefaultRoute(facts: Facts, node: string): Facts {
  const routes = facts.partition('route', onNode(node));
  return routes === undefined ? facts : facts.with({ ...routes, facts: routes.facts.filter(({ to }) => to !== '0.0.0.0/0') });
}

cases(fault, {
  found: [
    { name: 'one node still leads to a pod that is gone', facts: followed(['D']), subject: 'node/D' },
    { name: 'one node in nftables mode still leads to a pod that is gone', facts: followed(['D'], inNft), subject: 'node/D' },
  ],
  absent: [
    { name: 'every node follows', facts: followed([]) },
    { name: 'every node follows in nftables mode', facts: followed([], inNft) },
    { name: 'every node follows, and one has no route to Services', facts: withoutDefaultRoute(followed([]), 'D') },
    { name: 'no node has heard of it yet', facts: followed(['A', 'B', 'C', 'D']) },
  ],
  unknown: [{ name: 'the Services were not listed', facts: followed(['D']).without('service', CLUSTER), subject: 'node/D' }],
});
