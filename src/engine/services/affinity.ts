import type { Facts } from '#facts/facts';
import type { IptablesRule } from '#facts/iptables/iptables';
import type { FactOf } from '#facts/kinds';
import type { Front } from '#intent/kube-proxy/fronts';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import { chainOf, dport, optionOf, words } from './written.ts';

/** How long a node's rules keep a client with its endpoint, `null`: not at all; and the rule that says so. */
export type Kept = { readonly seconds: number | null; readonly origin: Origin };

/** How long the rules of a node keep clients of a cluster IP; nothing where they lead to no endpoint of it. */
export function keptByRules(facts: Facts, node: string, front: Front): Kept | undefined {
  const [tables, nft] = [facts.seen('iptables', onNode(node)), facts.seen('nft', onNode(node))];
  const nat = tables.is === 'gap' ? [] : tables.value.filter(({ family, table }) => family === front.family && table === 'nat');
  const own = nft.is === 'gap' ? [] : nft.value.filter(({ name, family }) => name === 'kube-proxy' && family === FAMILIES[front.family]);
  return (
    nat.map((table) => inIptables(table, front)).find((kept) => kept !== undefined) ?? own.flatMap((table) => inNft(table, front) ?? [])[0]
  );
}

const FAMILIES = { 4: 'ip', 6: 'ip6' } as const;

/** By the lists of `-m recent` that the Service's chain asks. */
function inIptables(table: FactOf<'iptables'>, { name, address, port }: Front): Kept | undefined {
  const portal = chainOf(table, 'KUBE-SERVICES')?.rules.find(
    (rule) => words(rule) === `${name} cluster IP` && rule.destination?.value.startsWith(`${address}/`) === true && dport(rule) === port,
  );
  const chain = portal?.target == null ? undefined : chainOf(table, portal.target.name);
  const [pick, ...more] = chain?.rules.filter(({ target }) => target?.name.startsWith('KUBE-SEP-') === true) ?? [];
  if (pick === undefined) return undefined;
  return { seconds: [pick, ...more].flatMap((rule) => secondsOf(rule) ?? [])[0] ?? null, origin: pick.origin };
}

function secondsOf(rule: IptablesRule): number | undefined {
  const seconds = optionOf(rule, /^recent$/, 'seconds')?.[0];
  return seconds === undefined ? undefined : Number(seconds);
}

/** By the sets of addresses that the Service's chain asks, each with its timeout (pkg/proxy/nftables, affinity-HASH-…). */
function inNft(table: FactOf<'nft'>, { service: { namespace, name }, protocol, portName }: Front): Kept | undefined {
  const port = `${namespace}/${name}/${protocol}/${portName}`;
  const chain = table.chains.find((one) => one.name.startsWith('service-') && one.name.endsWith(`-${port}`));
  const asked = JSON.stringify(chain?.rules.map(({ statements }) => statements) ?? []);
  if (chain === undefined || !asked.includes(`-${port}__`)) return undefined;
  const sets = table.sets.filter((set) => set.name.startsWith('affinity-') && asked.includes(JSON.stringify(set.name)));
  return { seconds: sets[0]?.timeoutSeconds ?? null, origin: chain.origin };
}
