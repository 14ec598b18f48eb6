import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { IptablesRule } from '#facts/iptables/iptables';
import { type Family, familyOf } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { kubeProxyFlag } from './daemon.ts';
import { ownAddress, podRange } from './own-family.ts';
import type { Where } from './service-port.ts';
import { STATIC } from './static-rules.ts';

type Table = FactOf<'iptables'>;

const tablesOf = (facts: Facts, node: string): readonly Table[] => {
  const tables = facts.seen('iptables', onNode(node));
  return tables.is === 'gap' ? [] : tables.value;
};

const isWritten = ({ chains }: Table): boolean => chains.some(({ name }) => name.startsWith('KUBE-PROXY-') || name === 'KUBE-SERVICES');

/** The tables that kube-proxy of a node writes in iptables mode: of the backend that has its chains, else of the only one; in its families. */
export function ownTables(facts: Facts, node: string): readonly Table[] {
  const all = tablesOf(facts, node);
  const spoken = new Set(all.filter(isWritten).map(({ backend }) => backend));
  const backends = spoken.size > 0 ? spoken : new Set(all.filter(({ family }) => family === 4).map(({ backend }) => backend));
  if (backends.size !== 1) return [];
  const families = familiesOf(facts);
  return all.filter(({ backend, family, table }) => backends.has(backend) && families.has(family) && STATIC[table] !== undefined);
}

/** The families that kube-proxies of the cluster write; where their chains are left nowhere, those that Services have addresses in. */
function familiesOf(facts: Facts): ReadonlySet<Family> {
  const written = new Set(
    facts.nodes().flatMap((node) =>
      tablesOf(facts, node)
        .filter(isWritten)
        .map(({ family }) => family),
    ),
  );
  if (written.size > 0) return written;
  const services = facts.seen('service', CLUSTER);
  return new Set(services.is === 'gap' ? [] : services.value.flatMap(({ clusterIps }) => clusterIps.map(familyOf)));
}

/** Where the rules of a table are written for: by kube-proxy's flags, else by what its last sync left there or on other nodes. */
export function whereOf(facts: Facts, node: string, { family, table }: Table): Where {
  const own = masqueradesOf(facts, node, family, table);
  const told = own.length > 0 ? own : facts.nodes().flatMap((other) => masqueradesOf(facts, other, family, table));
  const byRule = told.find(({ source }) => source?.not === true)?.source?.value;
  return {
    nodeAddress: ownAddress(facts, node, family),
    clusterCidr: podRange(facts, node, family) ?? byRule ?? null,
    masqueradeAll: masqueradesAll(facts, node) || told.some(({ source, text }) => source === null && text.includes(' cluster IP"')),
  };
}

/** Whether the flag says that everything which goes to a cluster IP is masqueraded. */
function masqueradesAll(facts: Facts, node: string): boolean {
  if (kubeProxyFlag(facts, node, 'masquerade-all') === 'true') return true;
  const processes = facts.seen('process', onNode(node));
  const argv = processes.is === 'seen' ? processes.value.find(({ name }) => name === 'kube-proxy')?.argv : undefined;
  return argv?.includes('--masquerade-all') === true;
}

/** The rules in the chains of Service ports that mark what is to be masqueraded. */
const masqueradesOf = (facts: Facts, node: string, family: Family, name: Table['table']): readonly IptablesRule[] =>
  tablesOf(facts, node)
    .filter((one) => one.family === family && one.table === name)
    .flatMap(({ chains }) => chains)
    .filter((chain) => /^KUBE-SV[CL]-/.test(chain.name))
    .flatMap(({ rules }) => rules)
    .filter(({ target }) => target?.name === 'KUBE-MARK-MASQ');
