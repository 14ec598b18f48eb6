import type { World } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { Ip } from '#net/ip';
import type { Flow } from '#sim/packet/trace';
import type { Scope } from '#snapshot/scope';
import { askFlow } from '../ask.ts';
import type { Check } from '../check.ts';
import type { Words } from '../words.ts';

/** A check that asks one flow. */
export const flowCheck = (kind: string, id: string, flow: Flow, says: Words, from: Check['from'] = 'invariant'): Check => ({
  id: `${kind} ${id}`,
  kind,
  from,
  says,
  flow,
  ask: askFlow(flow),
});

/** The same question about a device wherever it is: where a mend gives it another address, that one is asked. */
export const following = (check: Check, to: Place): Check => {
  const { flow } = check;
  return flow === undefined ? check : { ...check, ask: (world) => askFlow(followed(flow, to, world))(world) };
};

/** The namespace and the device that a flow goes to. */
export type Place = { readonly scope: Scope; readonly device: string };

/** The flow as it is meant in a world: to the address that its device has there. */
export function followed(flow: Flow, { scope, device }: Place, { facts }: World): Flow {
  const own = addressesOf(facts, scope, device);
  return own.length === 0 || own.includes(flow.to) ? flow : { ...flow, to: own[0] ?? flow.to };
}

function addressesOf(facts: Facts, scope: Scope, device: string): readonly Ip[] {
  const read = facts.seen('address', scope);
  return read.is === 'gap' ? [] : read.value.flatMap((one) => (one.dev === device && one.scope !== 'link' ? [one.address] : []));
}
