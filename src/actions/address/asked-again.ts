import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { Ip } from '#net/ip';
import type { Scope } from '#snapshot/scope';

const addressesOn = (facts: Facts, on: Scope): readonly Ip[] => {
  const seen = facts.seen('address', on);
  return seen.is === 'seen' ? seen.value.map(({ address }) => address) : [];
};

/**
 * Who shared an address with a namespace had no answer from it, for a request from what is one's own is not answered (net/ipv4/arp.c
 * arp_process: the way back to the asker is local). Once the address is gone from there it asks again, and what failed says nothing any more.
 */
export function askedAgain(facts: Facts, on: Scope, address: Ip): readonly Edit[] {
  const here = new Set(addressesOn(facts, on));
  return facts.nodes().flatMap((node) =>
    facts
      .scopes(node, 'neighbour')
      .filter((scope) => !(scope.node === on.node && scope.netns === on.netns) && addressesOn(facts, scope).includes(address))
      .flatMap((scope): readonly Edit[] => {
        const entries = facts.seen('neighbour', scope);
        const failed =
          entries.is === 'seen'
            ? entries.value.filter((one) => (one.state === 'failed' || one.state === 'incomplete') && here.has(one.address))
            : [];
        return failed.map((one): Edit => ({ op: 'put', kind: 'neighbour', scope, fact: { ...one, state: 'none' } }));
      }),
  );
}
