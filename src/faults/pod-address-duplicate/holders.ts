import { grouped } from '#facts/grouped';
import { type PodSubject, podSubjects } from '#engine/pods';
import { subjectText } from '#engine/subject';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { cidrOf, contains } from '#net/cidr';
import { familyOf, type Ip, isLinkLocal, isLoopback } from '#net/ip';
import { onNode, type Scope } from '#snapshot/scope';
import { podSubnets } from '#dataplane/pods';

/** A pod that holds an address on a live interface. */
export type Holder = {
  readonly text: string;
  readonly scope: Scope;
  readonly address: FactOf<'address'>;
  /** Whether it has no right to it: it has another one of the same network, or its node's subnets do not hold it. */
  readonly isIntruder: boolean;
};

/** Addresses that many may hold: loopback and link-local ones. */
const isShared = ({ dev, address }: FactOf<'address'>): boolean =>
  dev === 'lo' || isLoopback(address) || isLinkLocal(address) || familyOf(address) === 6;

/** The pods that hold each address. */
export function holders(facts: Facts): ReadonlyMap<Ip, readonly Holder[]> {
  const all = podSubjects(facts).value.flatMap((subject) => heldBy(facts, subject));
  return grouped(all, ({ address }) => address.address);
}

function heldBy(facts: Facts, subject: PodSubject): readonly Holder[] {
  const scope = { node: subject.node, netns: subject.netns };
  const [links, addresses] = [facts.seen('link', scope), facts.seen('address', scope)];
  if (links.is === 'gap' || addresses.is === 'gap') return [];
  const live = new Set(links.value.filter(({ up, carrier }) => up !== false && carrier !== false).map(({ name }) => name));
  const own = addresses.value.filter((address) => !isShared(address) && live.has(address.dev));
  return own.map((address) => ({ text: subjectText(subject), scope, address, isIntruder: intrudes(facts, scope, address, own) }));
}

function intrudes(facts: Facts, { node }: Scope, address: FactOf<'address'>, own: readonly FactOf<'address'>[]): boolean {
  const subnets = podSubnets(facts, node);
  if (subnets.length > 0 && !subnets.some((subnet) => contains(subnet, address.address))) return true;
  const first = own.find((one) => one.dev === address.dev && contains(cidrOf(address.address, address.length), one.address));
  return address.secondary === true || (first !== undefined && first !== address);
}

/** The node's entry that says which of the holders gets the packets. */
export function neighboursFor(
  facts: Facts,
  address: Ip,
  among: readonly Holder[],
): readonly { readonly node: string; readonly entry: FactOf<'neighbour'> }[] {
  return [...new Set(among.map(({ scope }) => scope.node))].flatMap((node) => {
    const entries = facts.seen('neighbour', onNode(node));
    return entries.is === 'seen' ? entries.value.filter((entry) => entry.address === address).map((entry) => ({ node, entry })) : [];
  });
}
