import { kubeProxyTables } from '#dataplane/nft-service-rules';
import type { Facts } from '#facts/facts';
import type { NftElement, NftRule, NftTable } from '#facts/nft/nft';
import { type Family, type Ip, parseIp } from '#net/ip';
import { ownAddress, podRange } from '../own-family.ts';
import { isOfService } from './names.ts';
import { type Headers, type Part, prefix, where } from './written.ts';

/** How kube-proxy of a node was told to write, as far as its rules depend on it. */
export type Settings = {
  readonly family: Family;
  readonly headers: Headers;
  readonly mark: number;
  readonly masqueradeAll: boolean;
  /** How it tells what pods of this node send; `null`: it does not. */
  readonly local: { readonly is: Part; readonly not: Part } | null;
  /** Where node ports are served; `null`: at all of the node's addresses. */
  readonly nodePortIps: readonly NftElement[] | null;
  readonly nodeAddress: Ip | null;
  /** Drops what is for addresses of the Services' range that no Service has. */
  readonly unallocated: readonly NftRule[];
};

const MARK = 0x4000;
export const HEADERS = { 4: 'ip', 6: 'ip6' } as const;

/** What the rules of the last sync tell, here or where there are none any more on another node; else its flags. */
export function settingsOf(facts: Facts, node: string, family: Family): Settings {
  const [own] = kubeProxyTables(facts, node, family);
  const told = own ?? facts.nodes().flatMap((other) => kubeProxyTables(facts, other, family))[0];
  const headers = HEADERS[family];
  const ports = own === undefined ? undefined : setOf(own, 'nodeport-ips');
  const address = addressIn(ports ?? []) ?? ownAddress(facts, node, family);
  const everywhere = told !== undefined && setOf(told, 'nodeport-ips') === undefined;
  return {
    family,
    headers,
    mark: markOf(told) ?? MARK,
    masqueradeAll: marksOf(told).some(({ statements }) => statements.length === 2),
    local: localBy(marksOf(told)) ?? localByFlag(facts, node, family),
    nodePortIps: everywhere ? null : (ports ?? (address === null ? [] : [{ key: address, data: null }])),
    nodeAddress: address,
    unallocated: chainOf(told, 'cluster-ips-check').filter(({ statements }) => statements.some(isDrop)),
  };
}

const chainOf = (table: NftTable | undefined, name: string): readonly NftRule[] =>
  table?.chains.find((chain) => chain.name === name)?.rules ?? [];

const setOf = (table: NftTable, name: string): readonly NftElement[] | undefined => table.sets.find((set) => set.name === name)?.elements;

const isDrop = (one: NftRule['statements'][number]): boolean => one.does === 'verdict' && one.verdict.verdict === 'drop';

/** An address of the node that node ports are served at. */
const addressIn = (ports: readonly NftElement[]): Ip | null => ports.flatMap(({ key }) => parseIp(String(key)) ?? [])[0] ?? null;

/** The bit that is set on what is to be masqueraded. */
function markOf(table: NftTable | undefined): number | undefined {
  return chainOf(table, 'mark-for-masquerade').flatMap(({ statements }) =>
    statements.flatMap((one) =>
      one.does === 'write' && typeof one.value === 'object' && one.value.is === 'binary' && typeof one.value.right === 'number'
        ? [one.value.right]
        : [],
    ),
  )[0];
}

/** The rules that have what comes to a cluster IP masqueraded: all of it, or what comes from elsewhere. */
const marksOf = (table: NftTable | undefined): readonly NftRule[] =>
  (table?.chains ?? [])
    .filter(({ name }) => isOfService(name) && /^(service|local)-/.test(name))
    .flatMap(({ rules }) => rules)
    .filter(({ statements }) => {
      const last = statements.at(-1);
      return last?.does === 'verdict' && last.verdict.chain === 'mark-for-masquerade' && statements.length <= 3;
    });

/** By a prefix of pods, or by the devices that they are behind: the second comparison of a rule, and its contrary. */
function localBy(marks: readonly NftRule[]): Settings['local'] {
  for (const { statements, text } of marks) {
    const [, not] = statements;
    if (statements.length !== 3 || not?.does !== 'match') continue;
    const words = / daddr \S+ (.+) jump mark-for-masquerade$/.exec(text ?? '')?.[1] ?? '';
    return { not: { text: words, does: not }, is: { text: words.replace(' != ', ' '), does: { ...not, op: '==' } } };
  }
  return null;
}

function localByFlag(facts: Facts, node: string, family: Family): Settings['local'] {
  const range = podRange(facts, node, family);
  const bound = (not: boolean, to: NonNullable<typeof range>): Part => where(HEADERS[family], 'saddr', prefix(to), not);
  return range === undefined ? null : { is: bound(false, range), not: bound(true, range) };
}
