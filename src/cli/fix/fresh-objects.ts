import { snapshotOf } from '#collect/archive/archive';
import type { Brought } from '#collect/import/gather';
import { importPiles } from '#collect/import/import';
import type { Plan } from '#engine/plan';
import type { Snapshot } from '#snapshot/snapshot';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';

/** What the objects' faults are judged by. */
const RESOURCES = ['namespaces', 'nodes', 'pods', 'services', 'endpointslices', 'networkpolicies'];
const LIMIT_MS = 30_000;
/** Controllers and kube-proxy follow a changed object within this time. */
const FOLLOW_MS = 2000;

const ON_OBJECTS: ReadonlySet<string> = new Set(['service-spec', 'endpoint-slice']);

/** Whether a plan changes objects of the API: then they must be read again, and those who follow them be given time. */
export const changesObjects = ({ steps }: Plan): boolean => steps.some(({ do: action }) => ON_OBJECTS.has(action));

/** The API's objects as they are now; nothing where kubectl is not there or lists nothing. */
export async function freshObjects(world: World): Promise<Snapshot | undefined> {
  await world.sleep(FOLLOW_MS);
  const listed = await Promise.all(RESOURCES.map((resource) => list(resource, world)));
  const files = listed.filter((one) => one !== undefined);
  if (files.length === 0) return undefined;
  const { archive } = importPiles([{ name: 'kubectl', isFolder: true, files }], undefined, VERSION);
  const now = world.now();
  return snapshotOf({ ...archive, index: { ...archive.index, window: { from: now, to: now } } });
}

async function list(resource: string, world: World): Promise<Brought | undefined> {
  const argv = ['kubectl', 'get', resource, '-A', '-o', 'json'];
  const ran = await world.run(argv, { timeoutMs: LIMIT_MS }).catch(() => undefined);
  return ran?.code === 0 ? { folders: [], name: `${resource}.json`, content: ran.stdout } : undefined;
}
