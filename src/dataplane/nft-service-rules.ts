import type { Facts } from '#facts/facts';
import type { NftChain, NftElement, NftExpression, NftRule, NftSet, NftTable } from '#facts/nft/nft';
import { type Family, type Ip, parseIp } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { memoised } from './memo.ts';

/** One endpoint behind one Service port as kube-proxy's nftables rules have it: the rules that pick it, and the one that leads there. */
export type NftEndpointRule = {
  readonly node: string;
  /** `kube-system/kube-dns:dns`, by the names of the chains. */
  readonly service: string;
  readonly table: NftTable;
  /** `service-HASH-…`, or `local-HASH-…` where only the node's own endpoints are asked. */
  readonly chain: NftChain;
  /** The rule of it that picks, and its place, counted from 1. */
  readonly position: number;
  readonly rule: NftRule;
  /** The clients that this rule leads back to the endpoint; `null`: it picks at random. */
  readonly kept: NftSet | null;
  /** `endpoint-HASH-…`. */
  readonly target: string;
  readonly dnat: NftRule;
  readonly endpoint: Ip;
};

const FAMILIES: Readonly<Record<string, Family>> = { ip: 4, ip6: 6 };

/** The tables that kube-proxy's nftables mode keeps on a node, of one family or of both. */
export function kubeProxyTables(facts: Facts, node: string, family?: Family): readonly NftTable[] {
  const tables = facts.seen('nft', onNode(node));
  if (tables.is === 'gap') return [];
  return tables.value.filter(
    (table) =>
      table.name === 'kube-proxy' &&
      !table.dormant &&
      (family === undefined ? FAMILIES[table.family] !== undefined : FAMILIES[table.family] === family),
  );
}

/** Every endpoint in the nftables rules of the captured nodes to which a packet can come. */
export const nftEndpointRules: (facts: Facts) => readonly NftEndpointRule[] = memoised((facts: Facts) =>
  facts
    .nodes()
    .flatMap((node) => kubeProxyTables(facts, node).flatMap((table) => picksIn(table).map((pick) => ({ node, table, ...pick })))),
);

/** `service-HASH-ns/name/proto/port` (pkg/proxy/nftables, newServicePortInfo). */
const SERVICE = /^(?:service|local)-[A-Z2-7]{8}-([^/]+)\/([^/]+)\/(tcp|udp|sctp)\/([^/]*)$/;

/** The Service port that a chain of kube-proxy's stands for: `ns/name:port`. */
export function servicePortOf(chain: string): { readonly name: string; readonly protocol: 'tcp' | 'udp' | 'sctp' } | undefined {
  const [, namespace = '', name = '', protocol, port = ''] = SERVICE.exec(chain) ?? [];
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') return undefined;
  return { name: `${namespace}/${name}${port === '' ? '' : `:${port}`}`, protocol };
}

type Pick = Omit<NftEndpointRule, 'node' | 'table'>;

const picksIn = memoised((table: NftTable): readonly Pick[] => {
  const chains = new Map(table.chains.map((chain) => [chain.name, chain] as const));
  const sets = new Map(table.sets.map((set) => [set.name, set] as const));
  return reached(table, chains, sets).flatMap((chain) => {
    const service = servicePortOf(chain.name)?.name;
    return service === undefined ? [] : chain.rules.flatMap((rule, at) => picksOf(service, chain, rule, at + 1, chains, sets));
  });
});

function picksOf(
  service: string,
  chain: NftChain,
  rule: NftRule,
  position: number,
  chains: ReadonlyMap<string, NftChain>,
  sets: ReadonlyMap<string, NftSet>,
): readonly Pick[] {
  const asked = rule.statements.flatMap((one) =>
    one.does === 'match' && typeof one.right === 'object' && one.right.is === 'named' ? [one.right.set] : [],
  );
  const kept = asked.flatMap((name) => (name.startsWith('affinity-') ? (sets.get(name) ?? []) : []))[0] ?? null;
  return targetsOf(rule).flatMap((target): readonly Pick[] => {
    const dnat = chains.get(target)?.rules.find(({ statements }) => statements.some((one) => one.does === 'nat' && one.kind === 'dnat'));
    const endpoint = dnat === undefined ? undefined : addressOf(dnat);
    return dnat === undefined || endpoint === undefined ? [] : [{ service, chain, position, rule, kept, target, dnat, endpoint }];
  });
}

function addressOf({ statements }: NftRule): Ip | undefined {
  for (const one of statements) {
    if (one.does === 'nat' && typeof one.address === 'string') return parseIp(one.address);
  }
  return undefined;
}

/** The chains of endpoints to which a rule leads by itself, or by a map of its own. */
function targetsOf({ statements }: NftRule): readonly string[] {
  return statements.flatMap((one): readonly string[] => {
    const data = one.does === 'vmap' && typeof one.data === 'object' && one.data.is === 'set' ? one.data.elements : [];
    const verdicts = one.does === 'verdict' ? [one.verdict] : data.map((element) => element.data);
    return verdicts.flatMap((verdict) => {
      const chain = typeof verdict === 'object' && verdict?.is === 'verdict' ? verdict.chain : null;
      return chain?.startsWith('endpoint-') === true ? [chain] : [];
    });
  });
}

/** The chains to which packets come from the hooks that rewrite destinations. */
function reached({ chains }: NftTable, byName: ReadonlyMap<string, NftChain>, sets: ReadonlyMap<string, NftSet>): readonly NftChain[] {
  const met = new Set<NftChain>(chains.filter(({ base }) => base?.type === 'nat' && /^(prerouting|output)$/.test(base.hook)));
  // chains that are met on the way are looked at in their turn
  for (const { rules } of met) {
    for (const name of rules.flatMap((rule) => leadsTo(rule, sets))) {
      const chain = byName.get(name);
      if (chain !== undefined) met.add(chain);
    }
  }
  return [...met];
}

/** The chains that a rule can jump to, by maps too. */
const leadsTo = ({ statements }: NftRule, sets: ReadonlyMap<string, NftSet>): readonly string[] =>
  statements.flatMap((one): readonly string[] => {
    if (one.does === 'verdict') return one.verdict.chain === null ? [] : [one.verdict.chain];
    return one.does === 'vmap' ? elementsOf(one.data, sets).flatMap(({ data }) => (isVerdict(data) ? (data.chain ?? []) : [])) : [];
  });

const isVerdict = (data: NftExpression | null): data is Extract<NftExpression, { is: 'verdict' }> =>
  typeof data === 'object' && data?.is === 'verdict';

/** The elements of a map that stands in a rule, or that it names. */
function elementsOf(data: NftExpression, sets: ReadonlyMap<string, NftSet>): readonly NftElement[] {
  if (typeof data !== 'object') return [];
  if (data.is === 'named') return sets.get(data.set)?.elements ?? [];
  return data.is === 'set' ? data.elements : [];
}
