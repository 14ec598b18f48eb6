import { mendAll } from '../product.ts';
import type { World } from '../world/world.ts';

/** Has the product mend the cluster; `performed` is false where its plan is for a person only. */
export async function mend(
  world: World,
  archives: readonly string[],
): Promise<{ readonly performed: boolean; readonly wrong: readonly string[] }> {
  const said = await mendAll(world, archives);
  const wrong = said
    .filter(({ code }) => code !== 0)
    .map(({ node, code, text }) => `leadline fix on ${node} ended with ${code}: ${text.slice(-600)}`);
  return { performed: true, wrong };
}
