import { kubectl } from '#actions/kubectl';
import { definePerformer } from '#actions/performer';
import type { World } from '#world/world';
import { type Operation, operationsOf, sliceCommand, type SliceParams } from './preview.ts';

type Lists = { readonly ports: unknown; readonly endpoints: unknown };

/** The slice's two lists as they are now. */
async function standing({ namespace, name }: SliceParams, world: World): Promise<Lists> {
  const object: unknown = JSON.parse(await kubectl(['kubectl', '-n', namespace, 'get', 'endpointslice', name, '-o', 'json'], world));
  const field = (key: string): unknown => (typeof object === 'object' && object !== null ? (Reflect.get(object, key) ?? null) : null);
  return { ports: field('ports'), endpoints: field('endpoints') };
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const firstAddress = (endpoint: unknown): unknown =>
  typeof endpoint === 'object' && endpoint !== null ? listOf(Reflect.get(endpoint, 'addresses'))[0] : undefined;

/** Whether the change is there to be seen. */
function isDone({ change }: SliceParams, { ports, endpoints }: Lists): boolean {
  const addresses = listOf(endpoints).map(firstAddress);
  switch (change.is) {
    case 'drop':
      return !addresses.includes(change.address);
    case 'add':
      return addresses.includes(change.endpoint.address);
    case 'fill':
      return change.endpoints.every(({ address }) => addresses.includes(address));
    case 'port-name': {
      const port = listOf(ports)[change.at];
      return typeof port === 'object' && port !== null && Reflect.get(port, 'name') === change.name;
    }
  }
}

export default definePerformer<SliceParams>({
  id: 'endpoint-slice',
  prepare: async ({ params }, world) => ({ ...(await standing(params, world)) }),
  perform: async ({ params }, world) => {
    await kubectl(sliceCommand(params, operationsOf(params)), world);
    if (!isDone(params, await standing(params, world))) throw new Error(`${params.name} is not changed after it was patched`);
  },
  undo: async ({ params }, before, world) => {
    const now = await standing(params, world);
    const back = (['ports', 'endpoints'] as const).flatMap((field): readonly Operation[] =>
      same(now[field], before[field]) ? [] : [{ op: 'add', path: `/${field}`, value: before[field] }],
    );
    if (back.length > 0) await kubectl(sliceCommand(params, back), world);
  },
});
