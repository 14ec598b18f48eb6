import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';

type Neighbour = FactOf<'neighbour'>;

/** What the captured nodes know of a machine on their link. */
export type Asked = {
  /** Entries that say that nobody answered, with the node that asked. */
  readonly vain: readonly { readonly node: string; readonly entry: Neighbour }[];
  readonly answered: readonly Neighbour[];
};

const IN_VAIN: ReadonlySet<string> = new Set(['failed', 'incomplete']);
const ANSWERED: ReadonlySet<string> = new Set(['reachable', 'stale', 'delay', 'probe']);

/** What the other nodes' neighbour tables say of an address. */
export function askedFor(facts: Facts, address: Ip, except: string): Asked {
  const entries = facts
    .nodes()
    .filter((node) => node !== except)
    .flatMap((node) => {
      const table = facts.seen('neighbour', onNode(node));
      return table.is === 'seen' ? table.value.filter((entry) => entry.address === address).map((entry) => ({ node, entry })) : [];
    });
  return {
    vain: entries.filter(({ entry }) => IN_VAIN.has(entry.state ?? '')),
    answered: entries.filter(({ entry }) => ANSWERED.has(entry.state ?? '')).map(({ entry }) => entry),
  };
}

/** A machine that a lease or a Node object speaks of and that nobody captured. */
export type Absentee = { readonly node: string; readonly address: Ip };

/** The machines of the cluster that were not captured, by the name that /etc/hosts or the API gives them. */
export function absentees(facts: Facts): readonly Absentee[] {
  const captured = new Set(facts.nodes());
  const own = new Set(facts.nodes().flatMap((node) => addressesOf(facts, node)));
  const cluster = { node: '', netns: '' };
  const [leases, objects] = [facts.seen('lease', cluster), facts.seen('node', cluster)];
  const named =
    objects.is === 'seen' ? objects.value.flatMap(({ name, internalIps }) => internalIps.map((address) => ({ node: name, address }))) : [];
  const leased =
    leases.is === 'seen'
      ? leases.value.flatMap(({ publicIp }) => (publicIp == null ? [] : [{ node: hostName(facts, publicIp), address: publicIp }]))
      : [];
  const all = new Map([...leased, ...named].map((one) => [one.address, one]));
  return [...all.values()].filter(({ node, address }) => !captured.has(node) && !own.has(address));
}

function addressesOf(facts: Facts, node: string): readonly Ip[] {
  const addresses = facts.seen('address', onNode(node));
  return addresses.is === 'seen' ? addresses.value.map(({ address }) => address) : [];
}

/** The name that some node's /etc/hosts gives an address, else the address itself. */
function hostName(facts: Facts, address: Ip): string {
  for (const node of facts.nodes()) {
    const hosts = facts.seen('hosts', onNode(node));
    const name = hosts.is === 'seen' ? hosts.value.find((one) => one.address === address)?.names[0] : undefined;
    if (name !== undefined) return name;
  }
  return address;
}
