import { mendOn } from '../product.ts';
import type { Diagnosis } from '../story/verdict.ts';
import type { World } from '../world/world.ts';

/** Has the product mend what it found first; `performed` is false where its plan is for a person only. */
export async function mend(
  world: World,
  { findings }: Diagnosis,
  archives: readonly string[],
): Promise<{ readonly performed: boolean; readonly wrong: readonly string[] }> {
  const [first] = findings;
  if (first === undefined || first.fixedOn.length === 0) return { performed: false, wrong: [] };
  const said = await mendOn(world, first, archives);
  const wrong = said
    .filter(({ code }) => code !== 0)
    .map(({ node, code, text }) => `leadline fix on ${node} ended with ${code}: ${text.slice(-600)}`);
  return { performed: true, wrong };
}
