import type { Rule } from './draw/rule.ts';
import type { Scene } from './draw/scene.ts';
import type { Job, SceneReport } from './job.ts';
import type { Worker } from './pool.ts';

/** So many variants of a scene are played side by side, on stages that stand. */
const AT_ONCE = 6;
const ROUNDS = 24;
/** What is not small after so long stays as it is. */
const LIMIT_MS = 20_000;

/** The reports of variants, in their order; nothing of those that there is no time for. */
type Test = (variants: readonly Scene[]) => Promise<readonly (SceneReport | undefined)[]>;

/** Leaves out of a scene what does not matter to its disagreement: conversations first, then rules that nobody met, then others. */
export async function shrink(
  worker: Pick<Worker, 'play'>,
  scene: Scene,
  suspect: number | undefined,
  isSame: (report: SceneReport) => boolean,
  limitMs = LIMIT_MS,
): Promise<Scene> {
  const until = performance.now() + limitMs;
  let rounds = 0;
  const test: Test = async (variants) => {
    if (performance.now() > until || ++rounds > ROUNDS) return [];
    const job: Job = { scenes: variants.map((variant) => ({ kept: 'shrinking', scene: variant })), removals: 0 };
    const { scenes } = await worker.play(job);
    return scenes.map((report) => (isSame(report) ? report : undefined));
  };
  const few = await withFewConversations(scene, suspect, test);
  const met = await withRulesMet(few, test);
  return minimal(met.rules, (rules) => ({ ...met, rules }), test);
}

async function withFewConversations(scene: Scene, suspect: number | undefined, test: Test): Promise<Scene> {
  const conversation = scene.conversations[suspect ?? -1];
  if (conversation !== undefined) {
    const single = { ...scene, conversations: [conversation] };
    if ((await test([single]))[0] !== undefined) return single;
  }
  return minimal(scene.conversations, (conversations) => ({ ...scene, conversations }), test);
}

/** Rules that no packet met seldom matter: all of them are left out at once, with the chains that nothing leads to then. */
async function withRulesMet(scene: Scene, test: Test): Promise<Scene> {
  const [report] = await test([scene]);
  if (report === undefined) return scene;
  const met = new Set(report.met);
  const left = { ...scene, rules: scene.rules.filter((rule, at) => met.has(at) || !isInChain(rule)) };
  const [still] = await test([left]);
  return still === undefined ? scene : left;
}

const isInChain = (rule: Rule): boolean =>
  (rule.form === 'iptables' && rule.text.startsWith('-A ')) || (rule.form === 'nft' && rule.text.startsWith('add rule '));

/** Takes ever smaller parts out of a list as long as the disagreement stays (delta debugging, several parts tried at once). */
async function minimal<T>(list: readonly T[], sceneOf: (list: readonly T[]) => Scene, test: Test): Promise<Scene> {
  let left = list;
  let parts = Math.min(AT_ONCE, left.length);
  while (left.length > 0) {
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
  test: Test,
): Promise<readonly T[] | undefined> {
  const parts = Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
  const alone = parts.length > 2 ? parts : [];
  const without = parts.map((part) => list.filter((one) => !part.includes(one)));
  const variants = [...alone, ...without];
  for (let from = 0; from < variants.length; from += AT_ONCE) {
    const some = variants.slice(from, from + AT_ONCE);
    const failing = (await test(some.map(sceneOf))).findIndex((report) => report !== undefined);
    if (failing >= 0) return some[failing];
  }
  return undefined;
}
