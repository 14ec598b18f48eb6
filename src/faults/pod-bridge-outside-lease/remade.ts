import { addAddress, deleteAddress } from '#actions/address/preview';
import { deleteRule, insertRule } from '#actions/iptables-rule/preview';
import { replaceRoute } from '#actions/route/preview';
import type { Action } from '#change/change';
import { type PodNamespace, podNamespaces } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { IptablesRule } from '#facts/iptables/iptables';
import { plainRoute } from '#facts/route/own-routes';
import { cidr, cidrOf, contains, lengthOf, nthAddress, parseCidr } from '#net/cidr';
import { familyOf, type Ip, toBits } from '#net/ip';
import { onNode, type Scope } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The first address of a subnet is the bridge's; allocators give pods the lowest free one from the next on. */
const FIRST_POD = 2;

type Move = { readonly scope: Scope; readonly device: string; readonly from: readonly FactOf<'address'>[]; readonly to: Ip };

/** A pod with an address, which is made anew with its bridge. */
type Drained = PodNamespace & { readonly device: string; readonly address: Ip };

/**
 * What the runtime comes to that starts after flanneld: the bridge with the subnet's first address, every pod that has an address
 * of the bridge's old range made anew with one of the new (in their order), kube-proxy's rules with the pods' new addresses. What else is
 * wrong with a pod stays as it is, though a drained node loses that too: it is another cause's, and its proof must not lean on this one.
 */
export function remade({ node, bridge, lease }: Found, facts: Facts): readonly Action[] {
  const subnet = parseCidr(lease);
  if (subnet === undefined) return [];
  const [length, gateway] = [lengthOf(subnet), nthAddress(subnet, 1)];
  const outside = (scope: Scope, device: string): readonly FactOf<'address'>[] => {
    const read = facts.seen('address', scope);
    const own = read.is === 'seen' ? read.value.filter(({ dev, address }) => dev === device && familyOf(address) === 4) : [];
    return own.filter(({ address }) => !contains(subnet, address));
  };
  const own: Move = { scope: onNode(node), device: bridge, from: outside(onNode(node), bridge), to: gateway };
  const ranges = own.from.map((held) => cidrOf(held.address, held.length));
  const isIn = ({ address }: Drained): boolean => ranges.some((range) => contains(range, address));
  const drained = podNamespaces(facts).filter((pod): pod is Drained => isDrained(pod, node));
  const pods = drained.filter((pod) => pod.bridge === bridge || isIn(pod)).toSorted(byAddress);
  const moves = pods.map(
    ({ scope, device }, at): Move => ({ scope, device, from: outside(scope, device), to: nthAddress(subnet, FIRST_POD + at) }),
  );
  return [
    ...moved(own, length),
    ...moves.flatMap((move) => [...moved(move, length), replaceRoute(move.scope, defaultRoute(move, gateway))]),
    ...moves.flatMap(({ from, to }) => from.flatMap(({ address }) => rulesFollow(facts, address, to))),
  ];
}

const defaultRoute = ({ device }: Move, via: Ip) =>
  plainRoute(cidr`0.0.0.0/0`, device, { hops: [{ dev: device, via, onlink: false, weight: 1, dead: false }] });

const isDrained = (pod: PodNamespace, node: string): boolean => pod.node === node && pod.device !== null && pod.address !== null;

const byAddress = (one: Drained, other: Drained): number => (toBits(one.address) < toBits(other.address) ? -1 : 1);

const moved = ({ scope, device, from, to }: Move, length: number): readonly Action[] => [
  ...from.map((one) => deleteAddress(scope, device, one.address, one.length)),
  addAddress(scope, device, to, length),
];

/** Every rule of kube-proxy's that names a pod's address, on every node, at its place. */
function rulesFollow(facts: Facts, from: Ip, to: Ip): readonly Action[] {
  return facts.nodes().flatMap((node) => {
    const read = facts.seen('iptables', onNode(node));
    const tables = read.is === 'seen' ? read.value.filter(({ table, family }) => table === 'nat' && family === 4) : [];
    return tables.flatMap((table) =>
      table.chains
        .filter(({ name }) => name.startsWith('KUBE-SEP-'))
        .flatMap(({ name, rules }) =>
          rules.flatMap((rule, at) => {
            const next = renamed(rule, from, to);
            if (next.text === rule.text) return [];
            return [deleteRule(onNode(node), table, name, at + 1, rule), insertRule(onNode(node), table, name, at + 1, next)];
          }),
        ),
    );
  });
}

function renamed(rule: IptablesRule, from: Ip, to: Ip): IptablesRule {
  const address = new RegExp(`(?<![\\d.])${from.replaceAll('.', '\\.')}(?![\\d.])`, 'g');
  const named = (text: string): string => text.replaceAll(address, to);
  const { source, target } = rule;
  const moved = source === null ? undefined : parseCidr(named(source.value));
  return {
    ...rule,
    text: named(rule.text),
    source: source === null || moved === undefined ? source : { ...source, value: moved },
    target:
      target === null ? null : { ...target, options: target.options.map((option) => ({ ...option, values: option.values.map(named) })) },
  };
}
