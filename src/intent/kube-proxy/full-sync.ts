import type { Facts } from '#facts/facts';
import { edit } from '#facts/edit';
import type { FactOf } from '#facts/kinds';
import type { IptablesChain, IptablesRule, IptablesTable } from '#facts/iptables/iptables';
import { type Cidr, parseCidr } from '#net/cidr';
import { CLUSTER, onNode } from '#snapshot/scope';
import { sorterOf } from './answers.ts';
import { backendsOf } from './backends.ts';
import { categoriesOf } from './categories.ts';
import { type Front, frontsOf } from './fronts.ts';
import { type ServiceRules, serviceRules } from './service-rules.ts';
import { NODE_PORTS, STATIC, type StaticRules } from './static-rules.ts';
import { NONE, ORIGIN } from './written-rule.ts';

type Table = FactOf<'iptables'>;
type Chains = ReadonlyMap<string, readonly IptablesRule[]>;

/** Chains that come and go with Services. */
const SERVICE_CHAIN = /^KUBE-(SVC|SVL|SEP|EXT|FW)-/;

/**
 * What kube-proxy in iptables mode does when it starts on a node: every chain of its own is emptied and filled from the objects,
 * chains of Services that are gone are deleted, jumps that are lost are put first (pkg/proxy/iptables v1.34, syncProxyRules). Of
 * Services that ask for more than a cluster IP the rules stay as they are.
 */
export function fullSync(facts: Facts, node: string): Facts {
  const scope = onNode(node);
  const [tables, fronts, slices] = [facts.seen('iptables', scope), frontsOf(facts, node), facts.seen('endpoints', CLUSTER)];
  if (tables.is === 'gap' || fronts.is === 'gap' || !fronts.complete) return facts;
  // a slice that was not listed is no Service without endpoints: what it would write is not known
  if (slices.is === 'gap' || !slices.complete) return facts;
  const own = ownTables(tables.value);
  const written = own.map((table) => synced(facts, node, table, fronts.value));
  return edit(
    facts,
    written.map((fact) => ({ op: 'put', kind: 'iptables', scope, fact })),
    'kube-proxy',
  );
}

/** The tables of the backend that kube-proxy speaks to: the one with its chains, else the only one. */
function ownTables(tables: readonly Table[]): readonly Table[] {
  const four = tables.filter(({ family }) => family === 4);
  const backends = new Set(four.map(({ backend }) => backend));
  const spoken = new Set(
    four
      .filter(({ chains }) => chains.some(({ name }) => name.startsWith('KUBE-PROXY-') || name === 'KUBE-SERVICES'))
      .map(({ backend }) => backend),
  );
  const [only] = spoken.size === 1 ? spoken : backends.size === 1 ? backends : [];
  if (spoken.size !== 1 && backends.size !== 1) return [];
  return four.filter(({ backend, table }) => backend === only && STATIC[table] !== undefined);
}

function synced(facts: Facts, node: string, table: Table, fronts: readonly Front[]): Table {
  const fixed = STATIC[table.table];
  if (fixed === undefined) return table;
  const plain = fronts.filter(isPlain);
  const range = clusterCidr(facts, node, table);
  const services = plain.map((front) => rulesOf(facts, node, front, range));
  const part = table.table === 'nat' ? 'nat' : 'filter';
  const fresh = together(services.map((one) => one[part]));
  const others = new Set(fronts.filter((front) => !isPlain(front)).map(({ name }) => name));
  const kept = keptRules(table, others);
  const wanted = new Map<string, readonly IptablesRule[]>(fixed.chains.map((chain) => [chain, []]));
  for (const [chain, rules] of [...fixed.own, ...kept, ...fresh]) wanted.set(chain, [...(wanted.get(chain) ?? []), ...rules]);
  if (part === 'nat') wanted.set('KUBE-SERVICES', [...(wanted.get('KUBE-SERVICES') ?? []), NODE_PORTS]);
  return { ...table, chains: arranged(table, fixed, wanted) };
}

/** A Service that asks for nothing but its cluster IP. */
const isPlain = ({ kind, policy, service }: Front): boolean =>
  kind === 'cluster IP' &&
  policy.internal === 'Cluster' &&
  policy.affinitySeconds === null &&
  policy.externalIps.length === 0 &&
  policy.loadBalancer.length === 0 &&
  service.ports.every(({ nodePort }) => nodePort == null || nodePort === 0);

function rulesOf(facts: Facts, node: string, front: Front, range: Cidr | null): ServiceRules {
  const backends = backendsOf(facts, front.service, front.portName, front.protocol.toUpperCase(), front.family);
  const chosen = backends.is === 'gap' ? [] : categoriesOf(backends.value, front.policy, sorterOf(facts, node)).cluster;
  return serviceRules(front, chosen, range);
}

/** What kube-proxy takes for the pods' own network: its flag, else what the rules of its last sync say. */
function clusterCidr(facts: Facts, node: string, { chains }: Table): Cidr | null {
  const processes = facts.seen('process', onNode(node));
  const argv = processes.is === 'seen' ? processes.value.find(({ name }) => name === 'kube-proxy')?.argv : undefined;
  const flag = argv?.findLast((word) => word.startsWith('--cluster-cidr='))?.split('=')[1];
  const told = flag === undefined ? undefined : parseCidr(flag);
  const masqueraded = chains
    .filter(({ name }) => name.startsWith('KUBE-SVC-'))
    .flatMap(({ rules }) => rules)
    .find(({ source, target }) => source?.not === true && target?.name === 'KUBE-MARK-MASQ');
  return told ?? masqueraded?.source?.value ?? null;
}

/** What the table holds for Services of other shapes, and what stands in chains that only such Services fill. */
function keptRules({ chains }: Table, others: ReadonlySet<string>): Chains {
  const kept = new Map<string, readonly IptablesRule[]>();
  for (const { name, rules } of chains) {
    if (FILLED_BY_OTHERS.has(name)) kept.set(name, rules);
    const theirs = rules.filter((rule) => isOf(rule, others));
    if (theirs.length > 0 && name === 'KUBE-SERVICES') kept.set(name, theirs);
    if (theirs.length > 0 && SERVICE_CHAIN.test(name)) kept.set(name, rules);
  }
  return kept;
}

const FILLED_BY_OTHERS: ReadonlySet<string> = new Set(['KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL']);

/** Whether a rule's comment names one of these Service ports. */
function isOf({ matches }: IptablesRule, names: ReadonlySet<string>): boolean {
  const words = matches.find(({ name }) => name === 'comment')?.options[0]?.values.join(' ') ?? '';
  return words.split(' ').some((word) => names.has(word));
}

function together(parts: readonly Chains[]): Chains {
  const all = new Map<string, readonly IptablesRule[]>();
  for (const part of parts) for (const [chain, rules] of part) all.set(chain, [...(all.get(chain) ?? []), ...rules]);
  return all;
}

/** The chains as iptables-save lists them: built-in ones first, then the others by name. */
function arranged({ chains }: IptablesTable, { jumps }: StaticRules, wanted: Chains): readonly IptablesChain[] {
  const builtIn = chains.filter(({ policy }) => policy !== null).map((chain) => withJumps(chain, jumps));
  const others = chains.filter(({ name, policy }) => policy === null && !wanted.has(name) && !SERVICE_CHAIN.test(name));
  const held = new Map(chains.map((chain) => [chain.name, chain] as const));
  const own = [...wanted].map(
    ([name, rules]): IptablesChain => ({
      ...(held.get(name) ?? { name, origin: ORIGIN, policy: null, counters: NONE }),
      rules: same(held.get(name), rules),
    }),
  );
  return [...builtIn, ...[...others, ...own].toSorted((one, other) => (one.name < other.name ? -1 : 1))];
}

/** Rules that are written again as they were keep where they were read; what drops INVALID counts by nfacct where the kernel has it. */
const same = (held: IptablesChain | undefined, rules: readonly IptablesRule[]): readonly IptablesRule[] =>
  rules.map((rule) => held?.rules.find(({ text }) => text === rule.text || text.replace(NFACCT, '') === rule.text) ?? rule);

const NFACCT = / -m nfacct --nfacct-name +\S+/;

function withJumps(chain: IptablesChain, jumps: StaticRules['jumps']): IptablesChain {
  const lost = jumps.flatMap(([name, rule]) => (name === chain.name && !chain.rules.some(({ text }) => text === rule.text) ? [rule] : []));
  return lost.length === 0 ? chain : { ...chain, rules: [...lost.toReversed(), ...chain.rules] };
}
