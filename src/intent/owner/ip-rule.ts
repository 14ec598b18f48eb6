import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { policyRuleOwner } from '#facts/rule/owner';
import type { Gap } from '#snapshot/gap';
import type { Scope } from '#snapshot/scope';
import type { Program } from './names.ts';

type Rule = FactOf<'rule'>;
type Told = { readonly owner: Program | null; readonly because: string; readonly gaps?: readonly Gap[] };

/** The rules that every namespace has from its beginning (net/ipv4/fib_rules.c, fib_default_rules_init; IPv6 has no table default). */
const BUILT_IN: readonly (readonly [priority: number, table: string])[] = [
  [0, 'local'],
  [32_766, 'main'],
  [32_767, 'default'],
];

/** Whose a rule of the routing policy is: the kernel's own, by signs of programs, or of the one program whose routes alone it leads to. */
export function ipRuleTold(facts: Facts, rule: Rule, scope: Scope, ownerOf: (route: FactOf<'route'>) => Program | null): Told {
  const { action, priority } = rule;
  if (action.does === 'lookup of its VRF') return { owner: 'the kernel', because: 'it comes with the first VRF' };
  const table = action.does === 'lookup' ? action.table : null;
  if (!asks(rule) && BUILT_IN.some(([number, name]) => number === priority && name === table))
    return { owner: 'the kernel', because: 'every namespace has it from its beginning' };
  const known = policyRuleOwner(rule);
  if (known !== null) return { owner: known, because: `${known} makes rules of this priority, mark or table` };
  const routes = facts.seen('route', scope);
  const isOwn = table !== null && !SHARED.has(table);
  if (routes.is === 'gap' && isOwn)
    return { owner: null, because: `whose routes table ${table} holds, to which it leads, was not read`, gaps: [routes.gap] };
  const led = routes.is === 'gap' || !isOwn ? [] : routes.value.filter((route) => route.table === table);
  const [owner = null, ...others] = new Set(led.map(ownerOf));
  return owner !== null && others.length === 0
    ? { owner, because: `it leads to table ${table}, whose routes are all ${owner}'s` }
    : {
        owner: null,
        because: 'rules do not say who made them, and it leads to no table of one program: a person or the network configuration did',
      };
}

/** Tables that everybody writes into. */
const SHARED: ReadonlySet<string> = new Set(['local', 'main', 'default']);

const asks = ({ from, to, iif, oif, mark, tos, ipProto, sourcePorts, destinationPorts, uidRange }: Rule): boolean =>
  [from, to, iif, oif, mark, tos, ipProto, sourcePorts, destinationPorts, uidRange].some((one) => one !== null && one !== undefined);

/** A rule in the words of `ip rule`, as far as it asks for addresses and a mark. */
export function ipRuleText({ priority, not, from, to, iif, mark, action }: Rule): string {
  const does = action.does === 'lookup' ? `lookup ${action.table}` : action.does === 'unknown' ? action.text : action.does;
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const parts = [
    not === true ? 'not' : '',
    `from ${from ?? 'all'}`,
    to == null ? '' : `to ${to}`,
    iif == null ? '' : `iif ${iif}`,
    mark == null ? '' : `fwmark ${hex(mark.value)}${mark.mask === 0xffffffff ? '' : `/${hex(mark.mask)}`}`,
    does,
  ];
  return `${priority}: ${parts.filter((part) => part !== '').join(' ')}`;
}
