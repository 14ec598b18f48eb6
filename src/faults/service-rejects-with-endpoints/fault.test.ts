import type { Facts, Partition } from '#facts/facts';
import { onNode, CLUSTER } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { dualStack } from '#testing/built/dual-stack';
import { changedObject, followedCluster } from '#testing/built/following';
import { kubeProxyUnit, withKubeProxy } from '#testing/built/kube-proxy';
import { inNftMode } from '#testing/built/nft-mode';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const bare = cluster();
const built = bare.nodes.reduce((now, { scope }) => now.put('unit', scope, kubeProxyUnit(bare)), bare);
const healthy = followedCluster(built);
const inNft = followedCluster(inNftMode(built));
const isWeb = ({ name }: { readonly name: string }): boolean => name === 'web';
/** Chains of endpoints that were there once would be taken for right. */
const neverServed = withApi(withKubeProxy(inNftMode(built)));
const emptied = (facts: Facts): Facts =>
  changedObject(
    facts,
    'pod',
    ({ name }) => name.startsWith('web-'),
    (pod) => ({ ...pod, ready: false }),
  );
const empty = emptied(healthy);

/** The objects of one cluster with the rules of another on some nodes. */
function ruled(objects: Facts, rules: Facts, nodes: readonly string[]): Facts {
  return nodes.reduce((now, node) => {
    const tables = (['iptables', 'nft'] as const).flatMap((kind): readonly (Partition | undefined)[] => [
      rules.partition(kind, onNode(node)),
    ]);
    return now.with(...tables.filter((one) => one !== undefined));
  }, objects);
}

/** Kept by hand, and the port is called otherwise: the slice stays, and every kube-proxy follows. */
const renamed = changedObject(healthy, 'service', isWeb, (service) => ({
  ...service,
  selector: null,
  ports: service.ports.map((port) => ({ ...port, name: 'web' })),
}));

/** The same of the slice of IPv6 alone, whose port has another name. */
const renamedSix = changedObject(
  dualStack(built),
  'endpoints',
  ({ name }) => name === 'web-abcde-six',
  (slice) => ({ ...slice, ports: slice.ports.map((port) => ({ ...port, name: 'other' })) }),
);

const untold = changedObject(healthy, 'service', isWeb, (service) => ({
  ...service,
  policy: undefined,
  ports: service.ports.map((port) => ({ ...port, name: undefined })),
}));

/** Its uplink is down: no packet of the node itself comes as far as the rules. */
function withoutDefaultRoute(facts: Facts, node: string): Facts {
  const routes = facts.partition('route', onNode(node));
  return routes === undefined ? facts : facts.with({ ...routes, facts: routes.facts.filter(({ to }) => to !== '0.0.0.0/0') });
}

const subject = 'service/default/web';
const behind = ruled(healthy, empty, ['A', 'B', 'C', 'D']);

cases(fault, {
  found: [
    { name: 'no kube-proxy heard that they are ready again', facts: behind, subject },
    { name: 'the same in nftables mode', facts: ruled(inNft, emptied(neverServed), ['A', 'B', 'C', 'D']), subject },
    { name: 'the slice calls the port otherwise', facts: renamed, subject },
    { name: 'the slice of IPv6 calls the port otherwise', facts: renamedSix, subject },
    { name: 'one of them has no route to Services', facts: withoutDefaultRoute(behind, 'D'), subject },
  ],
  absent: [
    { name: 'every Service leads on', facts: healthy },
    { name: 'there is no endpoint', facts: empty },
    { name: 'one node is behind', facts: ruled(healthy, empty, ['D']) },
    { name: 'one leads on, and has no route', facts: withoutDefaultRoute(ruled(healthy, empty, ['A', 'B', 'C']), 'D') },
  ],
  unknown: [
    { name: 'the slices were not listed', facts: behind.without('endpoints', CLUSTER), subject },
    { name: 'a table of Services tells no names of ports', facts: untold, subject },
  ],
});
