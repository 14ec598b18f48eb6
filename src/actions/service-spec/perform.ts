import { kubectl } from '#actions/kubectl';
import { definePerformer } from '#actions/performer';
import type { World } from '#world/world';
import { patchCommand, patchOf, type ServiceSpec } from './preview.ts';

/** What stands at the field's place now; `undefined` where there is nothing. */
async function standing(params: ServiceSpec, world: World): Promise<unknown> {
  const text = await kubectl(['kubectl', '-n', params.namespace, 'get', 'service', params.name, '-o', 'json'], world);
  const object: unknown = JSON.parse(text);
  return patchOf(params)
    .path.split('/')
    .slice(1)
    .reduce((at: unknown, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined), object);
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

export default definePerformer<ServiceSpec>({
  id: 'service-spec',
  prepare: async ({ params }, world) => ({ value: (await standing(params, world)) ?? null }),
  perform: async ({ params }, world) => {
    await kubectl(patchCommand(params), world);
    const now = await standing(params, world);
    if (!same(now, patchOf(params).value))
      throw new Error(`${patchOf(params).path} of ${params.name} reads ${JSON.stringify(now)} after it was patched`);
  },
  undo: async ({ params }, { value }, world) => {
    const now = await standing(params, world);
    if (same(now ?? null, value ?? null)) return;
    await kubectl(value === null || value === undefined ? patchCommand(params, 'remove') : patchCommand(params, 'add', value), world);
  },
});
