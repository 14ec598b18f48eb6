import type { Facts } from '#facts/facts';
import type { Check } from './check.ts';
import { attempts } from './invariants/attempts.ts';
import { connections } from './invariants/connections.ts';
import { lookups } from './invariants/lookups.ts';
import { nodePods } from './invariants/node-pods.ts';
import { outsideChecks } from './invariants/outside.ts';
import { podPairs } from './invariants/pod-pairs.ts';
import { serviceRules } from './invariants/service-rules.ts';
import { serviceChecks } from './invariants/services.ts';

/**
 * What every healthy cluster satisfies, for what was captured: each pod and its node reach each other, one pod of each node
 * reaches one of every other (small and at full size; where nodes are very many, one of each sort), nodes reach pods, pods and nodes reach each Service, clients outside do
 * where they come in, nodes' rules do what the Services' objects ask for, pods resolve a name of the cluster, connections that wait for an acknowledgement get one,
 * attempts to connect are answered. Flows ask whether the peer's stack was reached and its answer came back, not whether
 * something listens.
 */
export function invariants(facts: Facts): readonly Check[] {
  return [
    ...nodePods(facts),
    ...podPairs(facts),
    ...serviceChecks(facts),
    ...outsideChecks(facts),
    ...serviceRules(facts),
    ...lookups(facts),
    ...connections(facts),
    ...attempts(facts),
  ];
}
