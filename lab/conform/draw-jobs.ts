import { type Area, AREAS, GUEST_AREAS } from './draw/construct.ts';
import type { DrawnScene, Job } from './job.ts';
import { keptScenes } from './kept.ts';
import { behind, seedWith, short, wanted } from './quotas.ts';
import type { Score } from './score/score.ts';

/** Scenes that share a capture. */
const SCENES = 6;
/** Rules of each scene that are left out in turn, at most: of one of the fewest packets, of larger ones as many more. */
const REMOVALS = 24;
/** A run has so many scenes, as long as each has neither fewer nor more packets than these. */
const RULE_SETS = 1000;
const [FEWEST, MOST] = [500, 2000];
/** Jobs beyond those of the packets that are wanted, to meet the quotas. */
const EXTRA = 12;

/** Areas whose scenes have one topology: they stand on the same stages, so a job holds only them or only others. */
const ROUTED: ReadonlySet<Area> = new Set<Area>(['filter', 'nat', 'conntrack', 'nft', 'services', 'others']);
/** The order in which jobs begin with areas: those of few stages between those of many, others after them. */
const TURNS: readonly Area[] = ['filter', 'route', 'nat', 'bridge', 'conntrack', 'vxlan', 'nft', 'services', 'others'];

/** What jobs are drawn with in turn: conversations, packets that are aimed at rules, both, neither. */
const TOLD: readonly (readonly ('talk' | 'aim')[])[] = [['talk'], ['aim'], ['talk', 'aim'], []];

/** What is to be played. */
export type Wish = { readonly seed: string; readonly packets: number; readonly areas: readonly Area[]; readonly until: number };

/**
 * What was kept comes first; then jobs are drawn as long as time is left, until so many packets are played as are wanted and a run of
 * everything meets the quotas.
 */
export function drawJobs({ seed, packets, areas, until }: Wish, score: Score): () => Job | undefined {
  let [number, turn, extra] = [0, 0, 0];
  const isAll = AREAS.every((area) => areas.includes(area));
  const kept = keptJobs();
  const size = Math.min(MOST, Math.max(FEWEST, Math.ceil(packets / RULE_SETS)));
  const groups = Map.groupBy(isAll ? often(areas) : areas, (area) => ROUTED.has(area));
  const taken = new Map<boolean, number>();
  const turns = [...new Set([...TURNS, ...areas])].filter((area) => areas.includes(area));
  /** As many of the scenes that are being played, as of those that were. */
  const expected = (): number => number * (score.drawn.scenes === 0 ? size : score.drawn.packets / score.drawn.scenes);
  /** Whoever comes home last looks whether something is missing. */
  const isMet = (): boolean => !isAll || score.drawn.scenes < number || short(score).length === 0 || ++extra > EXTRA;
  return () => {
    const again = kept.shift();
    if (again !== undefined) return again;
    if (performance.now() > until || (expected() >= packets && isMet())) return undefined;
    // quotas are of runs of everything; others are the same each time
    const told = TOLD[turn % TOLD.length] ?? [];
    const wants = isAll ? wanted(score, told, expected() >= packets) : told;
    const isNative = wants.includes('native');
    const first = isNative ? 'nft' : (turns[turn % turns.length] ?? 'filter');
    const group = isNative ? [first] : (groups.get(ROUTED.has(first)) ?? [first]);
    const changes = changesOf(turn++);
    const scenes = Array.from({ length: SCENES }, () => {
      const at = taken.get(ROUTED.has(first)) ?? 0;
      taken.set(ROUTED.has(first), at + 1);
      const words = [`${seed}.${number++}`, ...wants.filter((word) => word !== 'native')];
      const area = group[at % group.length] ?? first;
      return { area, seed: seedWith(words.join('+'), isAll ? behind(score, area) : []), packets: size, ...changes };
    });
    return { scenes, removals: Math.round((REMOVALS * size) / FEWEST) };
  };
}

/** Native rules are one area's alone: it comes twice, so that a run of everything has enough of them. */
const often = (areas: readonly Area[]): readonly Area[] => areas.flatMap((area) => (area === 'nft' ? [area, area] : [area]));

/** How a drawn scene is called, so that it can be played alone: `nat:S.12`, `nat:S.12@2` where rules change, `nat:S.12*1000`. */
export const nameOf = ({ area, seed, packets, changes }: DrawnScene): string =>
  `${area}:${seed}${changes === undefined ? '' : `@${changes}`}${packets === FEWEST ? '' : `*${packets}`}`;

/** Scenes by their names, as `nameOf` makes them: each is played alone, or side by side with those that stand behind a `/`. */
export function namedJobs(names: readonly string[], areaOf: (text: string) => Area): () => Job | undefined {
  const left = [...names];
  return () => {
    const together = left.shift();
    if (together === undefined) return undefined;
    const scenes = together.split('/').map((name) => sceneNamed(name, areaOf));
    // all of a job are captured anew at once
    if (new Set(scenes.map(({ changes }) => changes)).size > 1) throw new Error(`rules do not change before the same step: ${together}`);
    return { scenes, removals: 0 };
  };
}

function sceneNamed(name: string, areaOf: (text: string) => Area): DrawnScene {
  const [, area = '', seed = '', changes, packets] = /^([^:]*):([^@*]*)(?:@(\d+))?(?:\*(\d+))?$/.exec(name) ?? [];
  if (seed === '') throw new Error(`no scene is called ${name}`);
  const change = changes === undefined ? {} : { changes: Number(changes) };
  return { area: areaOf(area), seed, packets: Number(packets ?? FEWEST), ...change };
}

/** In every third job rules change before the second or the third step. */
const changesOf = (turn: number): { readonly changes?: number } => (turn % 3 === 2 ? { changes: 1 + (Math.floor(turn / 3) % 2) } : {});

/** What was kept, by topology and by when its rules change. */
function keptJobs(): Job[] {
  const own = keptScenes().filter(({ scene }) => !GUEST_AREAS.some((area) => area === scene.area));
  const alike = Map.groupBy(own, ({ scene }) => `${scene.change?.before} ${scene.layout.id}`);
  return [...alike.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / SCENES) }, (_, at) => ({
      scenes: group.slice(at * SCENES, (at + 1) * SCENES).map(({ name, scene }) => ({ kept: name, scene })),
      removals: 0,
    })),
  );
}
