import type { Action } from '#change/change';
import type { Facts } from '#facts/facts';
import { CLUSTER, onNode } from '#snapshot/scope';
import { defineComponent } from '../component.ts';
import { kubeProxyRuns } from './daemon.ts';
import { fullSync } from './full-sync.ts';

const startsKubeProxy = ({ do: id, params }: Action): boolean =>
  id === 'unit-restart' &&
  typeof params === 'object' &&
  params !== null &&
  'unit' in params &&
  /^kube-proxy(\.service)?$/.test(String(params.unit));

/** Whether the objects that rules are written from are others now. */
const isChanged = (before: Facts, after: Facts): boolean =>
  (['service', 'endpoints'] as const).some((kind) => before.partition(kind, CLUSTER) !== after.partition(kind, CLUSTER));

function rulesOf(facts: Facts, node: string): ReadonlySet<string> {
  const tables = facts.seen('iptables', onNode(node));
  if (tables.is === 'gap') return new Set();
  const texts = tables.value.flatMap(({ table, backend, family, chains }) =>
    chains.flatMap(({ rules }) => rules.map(({ text }) => `${family} ${backend} ${table} ${text}`)),
  );
  return new Set(texts);
}

/** Whether kube-proxy of a node hears of a change: where its processes were not read, rules that are all that the objects ask for tell that it heard of the last. */
function follows(before: Facts, node: string): boolean {
  const runs = kubeProxyRuns(before, node);
  if (runs !== null) return runs;
  const [held, wanted] = [rulesOf(before, node), rulesOf(fullSync(before, node), node)];
  return held.size === wanted.size && [...held].every((rule) => wanted.has(rule));
}

/** kube-proxy v1.34 in iptables mode: it follows changed objects on every node, and a start writes all of its rules anew; what others change in them it does not see. */
export default defineComponent({
  id: 'kube-proxy',
  reacts: (before, after, change) => {
    if (startsKubeProxy(change)) return fullSync(after, change.on.node);
    if (!isChanged(before, after)) return after;
    const following = after.nodes().filter((node) => follows(before, node));
    return following.reduce((facts, node) => fullSync(facts, node), after);
  },
});
