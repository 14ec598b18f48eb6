import { type ServedEndpoint, servedEndpoints } from '#dataplane/served-endpoints';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { contains } from '#net/cidr';
import type { Ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { holderOf } from './holder.ts';

export type Address = Extract<Subject, { kind: 'address' }>;

/** One thing that can die: a machine with all its endpoints, or one endpoint by itself. */
export type Mortal = { readonly lease: FactOf<'lease'> | undefined; readonly rules: readonly ServedEndpoint[] };

/** The leases of machines that nobody captured: what lives there dies together. */
function absentMachines(facts: Facts): readonly FactOf<'lease'>[] {
  const leases = facts.seen('lease', CLUSTER);
  if (leases.is === 'gap') return [];
  return leases.value.filter(({ publicIp }) => typeof publicIp === 'string' && holderOf(publicIp as Ip, facts) === undefined);
}

/** Machines that were not captured, and all other endpoints in the rules. */
export function addressesOf(facts: Facts): readonly Address[] {
  const machines = absentMachines(facts);
  const alone = servedEndpoints(facts)
    .map(({ endpoint }) => endpoint)
    .filter((endpoint) => !machines.some(({ subnet }) => contains(subnet, endpoint)));
  const all = new Set([...machines.flatMap(({ publicIp }) => publicIp ?? []), ...alone]);
  return [...all].map((address) => ({ kind: 'address', address }));
}

/** What a subject stands for, with the rules that lead there. */
export function mortalOf({ address }: Address, facts: Facts): Mortal {
  const lease = absentMachines(facts).find(({ publicIp }) => publicIp === address);
  const isMeant = (endpoint: Ip): boolean => (lease === undefined ? endpoint === address : contains(lease.subnet, endpoint));
  return { lease, rules: servedEndpoints(facts).filter(({ endpoint }) => isMeant(endpoint)) };
}
