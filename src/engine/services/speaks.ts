import type { Facts } from '#facts/facts';
import { familyOf, type Ip } from '#net/ip';
import type { Scope } from '#snapshot/scope';

/** Whether who asks has an address of the family of what is asked for: of IPv6 not everybody in every cluster has one. */
export function speaks(facts: Facts, scope: Scope, address: Ip): boolean {
  if (familyOf(address) === 4) return true;
  const own = facts.seen('address', scope);
  return own.is === 'seen' && own.value.some((one) => familyOf(one.address) === 6 && one.scope === 'global');
}
