import { kubeProxyTables } from '#dataplane/nft-service-rules';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import { isOver } from '#dataplane/pods';
import type { FactOf } from '#facts/kinds';
import { straysIn } from '#intent/endpoint-slices/strays';
import type { Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { CLUSTER, onNode } from '#snapshot/scope';
import { missing, seen } from '#snapshot/seen';
import { type Death, deathOf } from './death.ts';
import { fix } from './fix.ts';
import { keepingOf } from './kept.ts';
import { lookupOf } from './lookup.ts';
import { elsewhere } from './own-machine.ts';
import { type Address, addressesOf, type Mortal, mortalOf } from './subjects.ts';
import text, { type Found } from './text.ts';

/** Of a machine with several endpoints one that is shown dead speaks for all; one that answers speaks against it. */
function deathIn({ rules, lease }: Mortal, view: View): Death {
  const deaths = [...new Set(rules.map(({ endpoint }) => endpoint))].map((endpoint) => deathOf(endpoint, lease, view));
  const [first] = deaths;
  if (first === undefined) throw new Error('nothing leads there');
  return deaths.find(({ is }) => is === 'alive') ?? deaths.find(({ is }) => is === 'dead') ?? first;
}

function ruling(subject: Address, view: View): Ruling<Found> {
  const mortal = mortalOf(subject, view.facts);
  const { rules, lease } = mortal;
  const lookup = lookupOf(rules, view);
  const shown = rules.find(({ endpoint }) => endpoint === lookup?.endpoint) ?? rules[0];
  if (shown === undefined) return absent(lease === undefined ? [] : [lease]);
  const named = view.seen('endpoints', CLUSTER);
  // rules that lead where no slice does are old: that is kube-proxy's fault, not the dead one's
  if (named.is === 'seen' && named.complete && rules.every(({ endpoint }) => !isNamed(endpoint, named.value))) return absent(named.origins);
  // what a slice lists and no pod is by now is a matter of the slice
  const strays = straysIn(view.facts);
  // an address that is no pod's by now is the slice's matter or kube-proxy's: only Services and slices can tell whose
  if (strays.is === 'gap' && rules.every(({ endpoint }) => isNoPod(endpoint, view))) return unknown(strays.gap);
  const listed = strays.is === 'seen' && strays.complete ? strays.value : [];
  if (rules.every(({ endpoint }) => listed.some((one) => one.endpoint.address === endpoint)))
    return absent(listed.map(({ slice }) => slice));
  const death = deathIn(mortal, view);
  if (death.is === 'unknown') return unknown(death.gap);
  if (death.is === 'alive') return absent(death.by.length > 0 ? death.by : shown.origins.slice(-1));
  // gone from a node that lives, and nobody has listed the pods: its slice may have forgotten it, or not
  if (death.machine === null && strays.is === 'gap' && !rules.some(({ endpoint }) => isPod(endpoint, view))) return unknown(strays.gap);
  const moved =
    death.machine === null ? undefined : elsewhere([...new Set(rules.map(({ endpoint }) => endpoint))], death.machine, view.facts);
  if (moved !== undefined) return unknown(moved);
  const keeping = keepingOf(rules);
  // where clients are kept no lookup is one in so many
  const isLookupKept = rules.some(({ endpoint, service }) => endpoint === lookup?.endpoint && keeping?.services.includes(service) === true);
  const told = isLookupKept ? undefined : lookup;
  return found(
    {
      endpoints: [...new Set(rules.map(({ endpoint }) => endpoint))],
      services: [...new Set(rules.map(({ service }) => service))],
      nodes: [...new Set(rules.map(({ node }) => node))],
      machine: death.machine,
      asker: death.asker,
      of: shown.of,
      keptServices: keeping?.services ?? [],
      keptS: keeping?.seconds ?? null,
      keptClients: [...new Set((keeping?.clients ?? []).map(({ address }) => address))],
      lookupS: told?.seconds ?? null,
      lookupResult: told?.result ?? null,
      nameserver: told?.nameserver ?? null,
    },
    [...shown.origins, ...(keeping?.clients.slice(0, 3) ?? []), ...(lease === undefined ? [] : [lease]), ...death.by],
  );
}

const isNamed = (endpoint: Ip, slices: readonly FactOf<'endpoints'>[]): boolean =>
  slices.some(({ addresses }) => addresses.some(({ address }) => address === endpoint));

function isPod(endpoint: Ip, view: View): boolean {
  const pods = view.seen('pod', CLUSTER);
  return pods.is === 'seen' && pods.value.some((pod) => !isOver(pod) && pod.addresses.includes(endpoint));
}

function isNoPod(endpoint: Ip, view: View): boolean {
  const pods = view.seen('pod', CLUSTER);
  return pods.is === 'seen' && pods.complete && pods.value.every((pod) => isOver(pod) || !pod.addresses.includes(endpoint));
}

/** Why nothing tells where a node leads its Services. */
const gapOf = (facts: Facts, node: string): Gap | undefined => {
  const tables = facts.seen('iptables', onNode(node));
  if (tables.is === 'seen' || kubeProxyTables(facts, node).length > 0) return undefined;
  const servers = facts.seen('ipvs-service', onNode(node));
  return servers.is === 'seen' && servers.value.length > 0 ? undefined : tables.gap;
};

/** An endpoint that is dead and still in the nodes' rules: kube-proxy has not been told yet. */
export default defineFault<Address, Found>({
  id: 'service-endpoint-dead',
  is: {
    en: "an endpoint is dead, and still in the nodes' rules",
    zh: '后端已失效，而节点规则中仍有它',
  },
  area: 'service',
  severity: 'error',
  needs: ['iptables', 'nft', 'ipvs-service', 'neighbour', 'address', 'link', 'lease', 'conntrack', 'resolv-conf', 'recent-address'],
  lookAlikes: [
    'node-unreachable',
    'flannel-lease-dead-machine',
    'vxlan-vtep-mac-stale',
    'flanneld-not-following',
    'vxlan-fdb-missing',
    'pod-not-on-bridge',
  ],
  subjects: ({ facts }) => {
    const gaps = facts.nodes().flatMap((node) => gapOf(facts, node) ?? []);
    const [gap] = gaps;
    if (gap !== undefined && gaps.length === facts.nodes().length) return missing(gap);
    return seen(addressesOf(facts), []);
  },
  judge: ruling,
  texts: text,
  fix: (subject, params, view) => fix(params, mortalOf(subject, view.facts).rules, view),
});
