import type { Facts } from '#facts/facts';
import { edit } from '#facts/edit';
import type { FactOf } from '#facts/kinds';
import type { IptablesChain, IptablesRule, IptablesTable } from '#facts/iptables/iptables';
import { CLUSTER, onNode } from '#snapshot/scope';
import { sorterOf } from './answers.ts';
import { backendsOf } from './backends.ts';
import { categoriesOf } from './categories.ts';
import { frontsIn } from './fronts.ts';
import { type ServicePort, servicePorts, sortedFor, type Where } from './service-port.ts';
import { type ServiceRules, serviceRules } from './service-rules.ts';
import { servesByIpvs, writesNft } from './mode.ts';
import { nftStart } from './nft-mode/sync.ts';
import { ownTables, whereOf } from './own-tables.ts';
import { NODE_PORTS, STATIC, type StaticRules } from './static-rules.ts';
import { NONE, ORIGIN } from './written-rule.ts';

type Table = FactOf<'iptables'>;
type Chains = ReadonlyMap<string, readonly IptablesRule[]>;

/** Chains that come and go with Services. */
const SERVICE_CHAIN = /^KUBE-(SVC|SVL|SEP|EXT|FW)-/;

/**
 * What kube-proxy in iptables mode does when it starts on a node: every chain of its own is emptied and filled from the objects,
 * chains of Services that are gone are deleted, jumps that are lost are put first (pkg/proxy/iptables v1.34, syncProxyRules). In
 * nftables mode it writes its own table. What it writes in IPVS mode is not known here.
 */
export function fullSync(facts: Facts, node: string): Facts {
  if (servesByIpvs(facts, node)) return facts;
  if (writesNft(facts, node)) return nftStart(facts, node);
  const scope = onNode(node);
  const [tables, services, slices] = [facts.seen('iptables', scope), facts.seen('service', CLUSTER), facts.seen('endpoints', CLUSTER)];
  if (tables.is === 'gap' || services.is === 'gap' || !services.complete) return facts;
  // a slice that was not listed is no Service without endpoints: what it would write is not known
  if (slices.is === 'gap' || !slices.complete) return facts;
  const written = ownTables(facts, node).map((table) => synced(facts, node, table));
  return edit(
    facts,
    written.map((fact) => ({ op: 'put', kind: 'iptables', scope, fact })),
    'kube-proxy',
  );
}

function synced(facts: Facts, node: string, table: Table): Table {
  const [fixed, fronts] = [STATIC[table.table], frontsIn(facts, table.family)];
  if (fixed === undefined || fronts.is === 'gap') return table;
  const where = whereOf(facts, node, table);
  const part = table.table === 'nat' ? 'nat' : 'filter';
  const fresh = together(servicePorts(fronts.value).map((port) => rulesOf(facts, node, port, where)[part]));
  const wanted = new Map<string, readonly IptablesRule[]>(fixed.chains.map((chain) => [chain, []]));
  for (const [chain, rules] of [...fixed.own, ...fresh]) wanted.set(chain, [...(wanted.get(chain) ?? []), ...rules]);
  if (part === 'nat') {
    wanted.set('KUBE-SERVICES', [...(wanted.get('KUBE-SERVICES') ?? []), ...nodePortsOf(table)]);
    wanted.set('KUBE-NODEPORTS', withCounted(table, wanted.get('KUBE-NODEPORTS') ?? []));
  }
  return { ...table, chains: arranged(table, fixed, wanted) };
}

function rulesOf(facts: Facts, node: string, port: ServicePort, where: Where): ServiceRules {
  const [front] = port.cluster;
  // it is served only in the families of its cluster addresses
  if (front === undefined) return { nat: new Map(), filter: new Map() };
  const backends = backendsOf(facts, front.service, front.portName, front.protocol.toUpperCase(), front.family);
  const categories = categoriesOf(backends.is === 'gap' ? [] : backends.value, front.policy, sorterOf(facts, node));
  return serviceRules(port, sortedFor(port, categories), where);
}

/** Which addresses serve node ports is a setting of kube-proxy's: what was held stays. */
function nodePortsOf({ family, chains }: Table): readonly IptablesRule[] {
  const held = chains.find(({ name }) => name === 'KUBE-SERVICES')?.rules.filter(({ target }) => target?.name === 'KUBE-NODEPORTS') ?? [];
  return held.length > 0 ? held : [NODE_PORTS[family]];
}

/** Where the kernel has nfacct, node ports that are called at 127.0.0.0/8 are counted before all others: what was held stays. */
function withCounted({ chains }: Table, rules: readonly IptablesRule[]): readonly IptablesRule[] {
  const held = chains.find(({ name }) => name === 'KUBE-NODEPORTS')?.rules ?? [];
  const counted = held.filter(({ text }) => text.includes('localhost_nps_accepted_pkts'));
  return rules.flatMap((rule) => [
    ...counted.filter(({ target, text }) => target?.name === rule.target?.name && text.includes(dportOf(rule))),
    rule,
  ]);
}

const dportOf = ({ text }: IptablesRule): string => / --dport \d+ /.exec(text)?.[0] ?? ' --dport ';

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
  return lost.length === 0 ? chain : { ...chain, rules: [...lost, ...chain.rules] };
}
