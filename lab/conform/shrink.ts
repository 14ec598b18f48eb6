import type { Job, SceneReport } from './job.ts';
import type { Scene } from './draw/scene.ts';
import type { Worker } from './pool.ts';

/** So many variants of a scene are played side by side. */
const AT_ONCE = 8;
const ROUNDS = 24;
/** What is not small after so long stays as it is. */
const LIMIT_MS = 60_000;

/** Leaves out of a scene whatever does not matter to its disagreement: conversations first (the suspect alone, if it will do), then rules. */
export async function shrink(
  worker: Worker,
  scene: Scene,
  suspect: number | undefined,
  isSame: (report: SceneReport) => boolean,
): Promise<Scene> {
  const until = performance.now() + LIMIT_MS;
  const test = async (variants: readonly Scene[]): Promise<readonly boolean[]> => {
    if (performance.now() > until) return variants.map(() => false);
    const job: Job = { scenes: variants.map((variant) => ({ kept: 'shrinking', scene: variant })), removals: 0 };
    const { scenes } = await worker.play(job);
    return variants.map((_, at) => scenes[at] !== undefined && isSame(scenes[at]));
  };
  const conversation = scene.conversations[suspect ?? -1];
  const single = { ...scene, conversations: conversation === undefined ? [] : [conversation] };
  const isAlone = conversation !== undefined && (await test([single]))[0] === true;
  const few = isAlone ? single : await minimal(scene.conversations, (conversations) => ({ ...scene, conversations }), test);
  return minimal(few.rules, (rules) => ({ ...few, rules }), test);
}

/** Takes ever smaller parts out of a list as long as the disagreement stays (delta debugging, several parts tried at once). */
async function minimal<T>(
  list: readonly T[],
  sceneOf: (list: readonly T[]) => Scene,
  test: (variants: readonly Scene[]) => Promise<readonly boolean[]>,
): Promise<Scene> {
  let left = list;
  let parts = Math.min(AT_ONCE, left.length);
  for (let round = 0; round < ROUNDS && left.length > 0; round++) {
    const size = Math.ceil(left.length / parts);
    const found = await firstFailing(left, size, sceneOf, test);
    if (found !== undefined) {
      left = found;
      parts = Math.max(Math.min(parts, left.length), 1);
    } else if (size === 1) break;
    else parts = Math.min(parts * 2, left.length);
  }
  return sceneOf(left);
}

/** The first of the variants without one part that still fails; of few parts also those that are one part alone. */
async function firstFailing<T>(
  list: readonly T[],
  size: number,
  sceneOf: (list: readonly T[]) => Scene,
  test: (variants: readonly Scene[]) => Promise<readonly boolean[]>,
): Promise<readonly T[] | undefined> {
  const parts = Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
  const alone = parts.length > 2 ? parts : [];
  const without = parts.map((part) => list.filter((one) => !part.includes(one)));
  const variants = [...alone, ...without];
  for (let from = 0; from < variants.length; from += AT_ONCE) {
    const some = variants.slice(from, from + AT_ONCE);
    const failing = (await test(some.map(sceneOf))).indexOf(true);
    if (failing >= 0) return some[failing];
  }
  return undefined;
}
