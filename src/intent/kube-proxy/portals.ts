import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { IptablesChain } from '#facts/iptables/iptables';
import { memoised } from '#dataplane/memo';
import { type Family, familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import { CLUSTER, onNode } from '#snapshot/scope';
import { nftPortals } from './nft-mode/portals.ts';

type Table = FactOf<'iptables'>;

/** The way into kube-proxy's rules on a node: whole, lost somewhere, or not there at all (another proxy serves the node). */
export type Portals =
  | { readonly is: 'whole' | 'none'; readonly evidence: readonly Origin[] }
  | {
      readonly is: 'lost';
      /** `table`: all of what nftables mode writes. */
      readonly what: 'jump' | 'portals' | 'table';
      readonly chain: string;
      readonly backend: string | null;
      readonly evidence: readonly Origin[];
    }
  | { readonly is: 'unknown'; readonly gap: Gap };

const ENTRANCES = ['PREROUTING', 'OUTPUT'];
const SERVICES = 'KUBE-SERVICES';

const chainOf = ({ chains }: Table, name: string): IptablesChain | undefined => chains.find((chain) => chain.name === name);

/** Looks whether packets of a family still meet the portals of Services on a node: in its nat table, or in the table of nftables mode. */
export function portalsOf(facts: Facts, node: string, family: Family): Portals {
  const tables = facts.seen('iptables', onNode(node));
  if (tables.is === 'gap') return { is: 'unknown', gap: tables.gap };
  const nat = tables.value.filter((one) => one.family === family && one.table === 'nat');
  // kube-proxy writes its chains in both families; where no Service has an address of one, they lead nowhere rightly
  if (!servedFamilies(facts).has(family)) return { is: 'none', evidence: nat.map(({ origin }) => origin) };
  const own = nat.filter(({ chains }) => chains.some(({ name }) => /^KUBE-(SERVICES|SVC-|POSTROUTING|MARK-MASQ)/.test(name)));
  const [table] = own;
  const ofNft = nftPortals(facts, node, family);
  if (table === undefined) return noneOr(ofNft, nat);
  // of two backends the one whose portals are whole serves
  const lost = own.map(lostIn);
  const whole = own[lost.indexOf(undefined)];
  // chains that nothing leads to are left over where its nftables mode serves
  if (whole === undefined && ofNft !== undefined) return noneOr(ofNft, nat);
  return whole === undefined ? (lost[0] as Portals) : { is: 'whole', evidence: [chainOf(whole, SERVICES)?.origin ?? whole.origin] };
}

/** The families in which Services have addresses; where these were not listed it is asked of IPv4 alone. */
const servedFamilies = memoised((facts: Facts): ReadonlySet<Family> => {
  const services = facts.seen('service', CLUSTER);
  if (services.is === 'gap' || !services.complete) return new Set<Family>([4]);
  return new Set(services.value.flatMap(({ clusterIps }) => clusterIps.map(familyOf)));
});

/** What nftables mode has; where it does not serve the node, another proxy does. */
const noneOr = (ofNft: ReturnType<typeof nftPortals>, nat: readonly Table[]): Portals =>
  ofNft?.is === 'lost' ? { ...ofNft, backend: null } : (ofNft ?? { is: 'none', evidence: nat.map(({ origin }) => origin) });

function lostIn(table: Table): Portals | undefined {
  const backend = table.backend ?? null;
  const services = chainOf(table, SERVICES);
  const isEmpty = services === undefined || !services.rules.some(({ target }) => /^KUBE-(SVC|SVL|EXT)-/.test(target?.name ?? ''));
  if (isEmpty) return { is: 'lost', what: 'portals', chain: SERVICES, backend, evidence: [services?.origin ?? table.origin] };
  const without = ENTRANCES.map((name) => chainOf(table, name)).find(
    (chain) => chain !== undefined && !chain.rules.some(({ target }) => target?.name === SERVICES),
  );
  return without === undefined ? undefined : { is: 'lost', what: 'jump', chain: without.name, backend, evidence: [without.origin] };
}
