import { kubectl } from '#actions/kubectl';
import { definePerformer } from '#actions/performer';
import type { World } from '#world/world';
import { deleteCommand, type PodRestart } from './preview.ts';

const LIMIT_MS = 90_000;
const BETWEEN_MS = 1000;
const LOOKS = 90;

const member = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined), value);

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isReady = (pod: unknown): boolean =>
  listIn(member(pod, 'status', 'conditions')).some((one) => member(one, 'type') === 'Ready' && member(one, 'status') === 'True');

/** Pods of one controller differ in the five letters that are drawn for each. */
const family = (name: string): string => name.replace(/-[a-z0-9]{5}$/, '-');

/** Whether another pod of the same controller is ready on the node. */
async function isThereAgain({ namespace, name, node }: PodRestart, world: World): Promise<boolean> {
  const text = await kubectl(
    ['kubectl', '-n', namespace, 'get', 'pods', '--field-selector', `spec.nodeName=${node}`, '-o', 'json'],
    world,
    LIMIT_MS,
  );
  return listIn(member(JSON.parse(text), 'items')).some((pod) => {
    const other = member(pod, 'metadata', 'name');
    return typeof other === 'string' && other !== name && family(other) === family(name) && isReady(pod);
  });
}

export default definePerformer<PodRestart>({
  id: 'pod-restart',
  prepare: async () => ({}),
  perform: async ({ params }, world) => {
    await kubectl(deleteCommand(params), world, LIMIT_MS);
    for (let look = 0; look < LOOKS; look++) {
      if (await isThereAgain(params, world)) return;
      await world.sleep(BETWEEN_MS);
    }
    throw new Error(`no pod like ${params.namespace}/${params.name} is ready on ${params.node} after it was deleted`);
  },
  // what was restarted stays restarted
  undo: async () => {},
});
