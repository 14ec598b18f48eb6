import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import type { NftChain, NftExpression, NftTable } from '#facts/nft/nft';
import { type Ip, parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import { portText } from './fronts.ts';

/** One endpoint to which kube-proxy's nftables rules on a node lead packets for a Service port. */
export type NftEndpoint = {
  readonly node: string;
  /** `ns/name:port`, by the chain's name. */
  readonly service: string;
  readonly endpoint: Ip;
  readonly origin: Origin;
};

/** The table that kube-proxy's nftables mode keeps for IPv4. */
export function kubeProxyTable(facts: Facts, node: string): NftTable | undefined {
  const tables = facts.seen('nft', onNode(node));
  return tables.is === 'gap'
    ? undefined
    : tables.value.find(({ family, name, dormant }) => family === 'ip' && name === 'kube-proxy' && !dormant);
}

/** Every endpoint in the nftables rules of the captured nodes to which a packet can come. */
export const nftEndpoints: (facts: Facts) => readonly NftEndpoint[] = memoised((facts: Facts) =>
  facts.nodes().flatMap((node) => {
    const table = kubeProxyTable(facts, node);
    return table === undefined ? [] : reached(table).flatMap((chain) => endpointOf(node, chain) ?? []);
  }),
);

/** `endpoint-HASH-ns/name/proto/port__address/port` (pkg/proxy/nftables, newEndpointInfo). */
const NAME = /^endpoint-[A-Z2-7]{8}-([^/]+)\/([^/]+)\/(?:tcp|udp|sctp)\/(.*?)__/;

function endpointOf(node: string, { name, rules }: NftChain): NftEndpoint | undefined {
  const [, namespace, service, port = ''] = NAME.exec(name) ?? [];
  if (namespace === undefined || service === undefined) return undefined;
  for (const { statements, origin } of rules) {
    const address = statements.find((one) => one.does === 'nat' && one.kind === 'dnat');
    const endpoint = address?.does === 'nat' && typeof address.address === 'string' ? parseIp(address.address) : undefined;
    if (endpoint !== undefined) return { node, service: portText({ namespace, name: service }, port), endpoint, origin };
  }
  return undefined;
}

/** The chains to which packets come from the hooks that rewrite destinations. */
function reached({ chains, sets }: NftTable): readonly NftChain[] {
  const byName = new Map(chains.map((chain) => [chain.name, chain] as const));
  const elements = new Map(sets.map((set) => [set.name, set.elements] as const));
  const met = new Set<NftChain>(chains.filter(({ base }) => base?.type === 'nat' && /^(prerouting|output)$/.test(base.hook)));
  // chains that are met on the way are looked at in their turn
  for (const { rules } of met) {
    for (const name of chainsIn(
      rules.map(({ statements }) => statements),
      elements,
    )) {
      const chain = byName.get(name);
      if (chain !== undefined) met.add(chain);
    }
  }
  return [...met];
}

/** The chains that a part of a rule can jump to, by maps too. */
function chainsIn(part: unknown, elements: ReadonlyMap<string, unknown>): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  const { is } = part as Partial<NftExpression & object>;
  if (is === 'verdict') return namesOf(Reflect.get(part, 'chain'));
  if (is === 'named') return namesOf(Reflect.get(part, 'set')).flatMap((name) => chainsIn(elements.get(name), NONE));
  return Object.values(part).flatMap((one) => chainsIn(one, elements));
}

/** Elements of a map name no maps. */
const NONE: ReadonlyMap<string, unknown> = new Map();

const namesOf = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : []);
