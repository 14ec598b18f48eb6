import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import endpointSlices from '#intent/endpoint-slices/endpoint-slices';
import { fullSync } from '#intent/kube-proxy/full-sync';
import { CLUSTER } from '#snapshot/scope';
import type { BuiltCluster } from '../world-builder.ts';
import { withApi } from './api.ts';
import { withKubeProxy } from './kube-proxy.ts';

type Changeable = 'service' | 'pod' | 'endpoints';

/** A built cluster with objects, and a kube-proxy on every node that follows them. */
export function followedCluster(built: BuiltCluster): Facts {
  return built.nodes.reduce((now, { name }) => fullSync(now, name), withApi(withKubeProxy(built)));
}

/** The same facts once an object was changed and everybody has followed: the slices, then the rules of every node. */
export function changedObject<K extends Changeable>(
  facts: Facts,
  kind: K,
  isMeant: (fact: FactOf<K>) => boolean,
  change: (fact: FactOf<K>) => FactOf<K>,
): Facts {
  const partition = facts.partition(kind, CLUSTER);
  if (partition === undefined) throw new Error(`no ${kind} to change`);
  const changed = partition.facts.map((fact) => (isMeant(fact) ? change(fact) : fact));
  const written = facts.with({
    ...partition,
    facts: changed,
    looks: partition.looks.map((look) => ({ ...look, facts: changed })),
  } as never);
  // a pod that changed is followed as if each Service had been written again
  const services = written.partition('service', CLUSTER);
  const touched =
    kind === 'pod' && services !== undefined
      ? written.with({ ...services, facts: services.facts.map((one) => ({ ...one })) } as never)
      : written;
  const sliced = endpointSlices.reacts(facts, touched, { do: 'service-spec', on: CLUSTER, params: {} });
  return facts.nodes().reduce((now, node) => fullSync(now, node), sliced);
}
