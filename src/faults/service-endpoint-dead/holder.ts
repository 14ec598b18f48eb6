import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';

type Address = FactOf<'address'>;

const held = memoised((facts: Facts): ReadonlyMap<Ip, Address> => {
  const all = [...facts.partitions()].filter(({ kind }) => kind === 'address').flatMap((one) => one.facts as readonly Address[]);
  return new Map(all.map((fact) => [fact.address, fact] as const));
});

/** A captured namespace's own address. */
export const holderOf = (address: Ip, facts: Facts): Address | undefined => held(facts).get(address);
