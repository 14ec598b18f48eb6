import type { Facts } from '#facts/facts';
import type { Service } from '#facts/service/service';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';

/** Who draws the packets for a load-balancer address to itself, and what shows it. */
export type Announcer = {
  readonly address: Ip;
  readonly by: 'kube-vip' | 'MetalLB' | 'kube-proxy (IPVS)' | 'somebody';
  /** The node that answers for the address; `null`: not told (BGP, a cloud's own balancer, an election that nobody captured). */
  readonly node: string | null;
  readonly evidence: readonly Origin[];
};

/** Who announces each load-balancer address of a Service. */
export function announcersOf(facts: Facts, service: Service): readonly Announcer[] {
  const addresses = service.policy?.loadBalancer.flatMap(({ address }) => address ?? []) ?? [];
  return addresses.map((address) => announcerOf(facts, service, address));
}

/** Who announces one address at which clients outside find a Service. */
export function announcerOf(facts: Facts, service: Service, address: Ip): Announcer {
  const by = makerOf(service);
  const told = service.policy?.annotations['kube-vip.io/vipHost'];
  if (told !== undefined) return { address, by: 'kube-vip', node: told, evidence: [service.origin] };
  const holders = holdersOf(facts, address);
  const [holder] = holders.filter(({ device }) => device !== 'kube-ipvs0');
  if (holder !== undefined) return { address, by: by ?? 'somebody', node: holder.node, evidence: [holder.origin, service.origin] };
  const neighbour = heardOf(facts, address);
  if (neighbour !== undefined) return { address, by: by ?? 'somebody', ...neighbour };
  const [ipvs] = holders;
  if (by === undefined && ipvs !== undefined) return { address, by: 'kube-proxy (IPVS)', node: null, evidence: [ipvs.origin] };
  return { address, by: by ?? 'somebody', node: null, evidence: [service.origin] };
}

/** Whose annotations or class a Service carries. */
function makerOf({ policy }: Service): 'kube-vip' | 'MetalLB' | undefined {
  if (policy === undefined) return undefined;
  const words = [...Object.keys(policy.annotations), policy.loadBalancerClass ?? ''];
  if (words.some((word) => /^kube-vip\.io\/|kube-vip/.test(word))) return 'kube-vip';
  return words.some((word) => /^metallb\.(universe\.tf|io)\b/.test(word)) ? 'MetalLB' : undefined;
}

type Holder = { readonly node: string; readonly device: string; readonly origin: Origin };

/** The nodes on whose devices an address lies. */
const holdersOf = (facts: Facts, address: Ip): readonly Holder[] =>
  facts.nodes().flatMap((node) => {
    const read = facts.seen('address', onNode(node));
    const own = read.is === 'gap' ? [] : read.value.filter((one) => one.address === address);
    return own.map(({ dev, origin }) => ({ node, device: dev, origin }));
  });

/** Whose link-layer address the neighbours have for it: who answers ARP without having the address (MetalLB's layer 2). */
function heardOf(facts: Facts, address: Ip): Pick<Announcer, 'node' | 'evidence'> | undefined {
  for (const node of facts.nodes()) {
    const read = facts.seen('neighbour', onNode(node));
    const entry = read.is === 'gap' ? undefined : read.value.find((one) => one.address === address && one.mac != null);
    const owner = entry?.mac == null ? undefined : ownerOf(facts, entry.mac);
    if (entry !== undefined && owner !== undefined) return { node: owner.node, evidence: [entry.origin, owner.origin] };
  }
  return undefined;
}

function ownerOf(facts: Facts, mac: Mac): { readonly node: string; readonly origin: Origin } | undefined {
  for (const node of facts.nodes()) {
    const links = facts.seen('link', onNode(node));
    const link = links.is === 'gap' ? undefined : links.value.find((one) => one.mac === mac);
    if (link !== undefined) return { node, origin: link.origin };
  }
  return undefined;
}
