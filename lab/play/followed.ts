import { existsSync, readFileSync, statSync } from 'node:fs';
import { OBJECTS_FILE } from '../stand-ins/kubectl/store.ts';
import type { World } from '../world/world.ts';

const UNIT = '/run/lab/units/kube-proxy.service';
/** Far longer than any kube-proxy of the lab takes, on however busy a machine. */
const LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 20;

type Machines = Pick<World, 'holders'>;

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');

/** Whether a process of a machine runs, and does not stand still. */
const runs = (root: string, pid: string): boolean => pid !== '' && /^State:\s+[RSD]/m.test(read(`${root}/proc/${pid}/status`));

/** Whether the kube-proxy of a machine, by its root, would hear of a change, and has not made its rules of the objects as they are now. */
export function isBehind(root: string): boolean {
  if (!existsSync(`${root}${OBJECTS_FILE}`) || !runs(root, read(`${root}${UNIT}.pid`))) return false;
  return read(`${root}${UNIT}.ready`) !== String(statSync(`${root}${OBJECTS_FILE}`).mtimeMs);
}

/** Waits until every kube-proxy that runs has followed the objects. */
export async function followed({ holders }: Machines): Promise<void> {
  const roots = [...holders.nodes.values()].map((pid) => `/proc/${pid}/root`);
  const until = performance.now() + LIMIT_MS;
  while (roots.some(isBehind) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
