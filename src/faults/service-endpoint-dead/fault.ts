import { chanceOf, type EndpointRule, endpointRules } from '#dataplane/service-rules';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { IptablesRule } from '#facts/iptables/iptables';
import { onNode } from '#snapshot/scope';
import { missing, seen } from '#snapshot/seen';
import { deathOf } from './death.ts';
import { fix } from './fix.ts';
import { lookupOf } from './lookup.ts';
import text, { type Found } from './text.ts';

type Address = Extract<Subject, { kind: 'address' }>;

const rulesTo = (view: View, { address }: Address): readonly EndpointRule[] =>
  endpointRules(view.facts).filter(({ endpoint }) => endpoint === address);

function ruling(subject: Address, view: View): Ruling<Found> {
  const rules = rulesTo(view, subject);
  const [first] = rules;
  if (first === undefined) return absent([]);
  const death = deathOf(subject.address, view);
  if (death.is === 'unknown') return unknown(death.gap);
  if (death.is === 'alive') return absent(death.by.length > 0 ? death.by : [first.dnat]);
  return found(
    {
      endpoint: subject.address,
      services: [...new Set(rules.map(({ service }) => service))],
      nodes: [...new Set(rules.map(({ node }) => node))],
      machine: death.machine,
      asker: death.asker,
      of: new Set(first.chain.rules.flatMap(({ target }) => (target?.name.startsWith('KUBE-SEP-') === true ? target.name : []))).size,
      ...lookupOf(subject.address, view),
    },
    [...chances(first), first.rule, first.dnat, ...death.by],
  );
}

/** The rules of the chain that pick at random before the endpoint's own. */
const chances = ({ chain, position }: EndpointRule): readonly IptablesRule[] =>
  chain.rules.slice(0, position - 1).filter((rule) => chanceOf(rule) !== null);

/** An endpoint that is dead and still in the nodes' rules: kube-proxy has not been told yet. */
export default defineFault<Address, Found>({
  id: 'service-endpoint-dead',
  area: 'service',
  severity: 'error',
  needs: ['iptables', 'neighbour', 'address', 'link', 'lease', 'conntrack', 'resolv-conf'],
  lookAlikes: ['flannel-lease-dead-machine', 'vxlan-vtep-mac-stale', 'flanneld-not-following', 'vxlan-fdb-missing', 'pod-not-on-bridge'],
  subjects: ({ facts }) => {
    const gaps = facts.nodes().flatMap((node) => {
      const tables = facts.seen('iptables', onNode(node));
      return tables.is === 'gap' ? [tables.gap] : [];
    });
    const [gap] = gaps;
    if (gap !== undefined && gaps.length === facts.nodes().length) return missing(gap);
    const addresses = new Set(endpointRules(facts).map(({ endpoint }) => endpoint));
    return seen(
      [...addresses].map((address) => ({ kind: 'address', address })),
      [],
    );
  },
  judge: ruling,
  texts: text,
  fix: (subject, params, view) => fix(params, subject.address, endpointRules(view.facts), view),
});
