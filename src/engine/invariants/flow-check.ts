import type { Flow } from '#sim/packet/trace';
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
