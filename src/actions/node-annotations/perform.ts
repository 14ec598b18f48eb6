import { kubectl } from '#actions/kubectl';
import { definePerformer } from '#actions/performer';
import { isRedacted, saysSame } from '#snapshot/redacted';
import type { World } from '#world/world';
import { annotateCommand, type NodeAnnotations } from './preview.ts';

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The annotations as they stand now; `null` where there is none of the name. */
async function standing({ node, to }: NodeAnnotations, world: World): Promise<Record<string, string | null>> {
  const object: unknown = JSON.parse(await kubectl(['kubectl', 'get', 'node', node, '-o', 'json'], world));
  const all = member(member(object, 'metadata'), 'annotations');
  return Object.fromEntries(
    Object.keys(to).map((name) => {
      const value = member(all, name);
      return [name, typeof value === 'string' ? value : null];
    }),
  );
}

const differing = (one: Readonly<Record<string, string | null>>, other: Readonly<Record<string, string | null>>): string | undefined =>
  Object.keys(one).find((name) => !saysSame(one[name] ?? null, other[name] ?? null));

export default definePerformer<NodeAnnotations>({
  id: 'node-annotations',
  prepare: async ({ params }, world) => ({ annotations: await standing(params, world) }),
  perform: async ({ params }, world) => {
    const { node, was, to } = params;
    for (const [name, value] of Object.entries(to))
      if (value !== null && isRedacted(value))
        throw new Error(`a secret was taken out of ${name} when it was captured: nothing is written`);
    const now = await standing(params, world);
    const moved = differing(was, now);
    if (moved !== undefined) throw new Error(`${moved} of ${node} is no longer what was captured: ${now[moved] ?? 'it is gone'}`);
    await kubectl(annotateCommand(node, to), world);
    const after = await standing(params, world);
    const wrong = differing(to, after);
    if (wrong !== undefined) throw new Error(`${wrong} of ${node} reads ${after[wrong] ?? 'nothing'} after it was annotated`);
  },
  undo: async ({ params }, { annotations }, world) => {
    if (typeof annotations !== 'object' || annotations === null) return;
    const before = Object.fromEntries(Object.entries(annotations).map(([name, value]) => [name, typeof value === 'string' ? value : null]));
    if (differing(before, await standing(params, world)) !== undefined) await kubectl(annotateCommand(params.node, before), world);
  },
});
