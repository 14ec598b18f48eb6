import { type Area, AREAS, GUEST_AREAS } from './draw/construct.ts';
import type { Job } from './job.ts';
import { keptScenes } from './kept.ts';
import { wanted } from './quotas.ts';
import type { Score } from './score/score.ts';

/** Scenes that share a capture, and packets of each. */
const SCENES = 6;
const PACKETS = 500;
const REMOVALS = 2;

/** Areas whose scenes have one topology: they stand on the same stages, so a job holds only them or only others. */
const ROUTED: ReadonlySet<Area> = new Set<Area>(['filter', 'nat', 'conntrack', 'nft', 'services', 'others']);
/** The order in which jobs begin with areas: those of few stages between those of many, others after them. */
const TURNS: readonly Area[] = ['filter', 'route', 'nat', 'bridge', 'conntrack', 'vxlan', 'nft', 'services', 'others'];

/** What is to be played. */
export type Wish = { readonly seed: string; readonly packets: number; readonly areas: readonly Area[]; readonly until: number };

/** What was kept comes first; then jobs are drawn as long as packets are wanted and time is left, towards the quotas. */
export function drawJobs({ seed, packets, areas, until }: Wish, score: Score): () => Job | undefined {
  let [number, turn, left] = [0, 0, packets];
  const kept = keptJobs();
  const groups = Map.groupBy(areas, (area) => ROUTED.has(area));
  const taken = new Map<boolean, number>();
  const turns = [...new Set([...TURNS, ...areas])].filter((area) => areas.includes(area));
  return () => {
    const again = kept.shift();
    if (again !== undefined) return again;
    if (left <= 0 || performance.now() > until) return undefined;
    // quotas are of runs of everything; others are the same each time
    const wants = AREAS.every((area) => areas.includes(area)) ? wanted(score) : [];
    const first = wants.includes('native') && areas.includes('nft') ? 'nft' : (turns[turn % turns.length] ?? 'filter');
    const group = first === 'nft' && wants.includes('native') ? [first] : (groups.get(ROUTED.has(first)) ?? [first]);
    const changes = changesOf(turn++);
    const scenes = Array.from({ length: SCENES }, () => {
      const at = taken.get(ROUTED.has(first)) ?? 0;
      taken.set(ROUTED.has(first), at + 1);
      left -= PACKETS;
      const words = [`${seed}.${number++}`, ...wants.filter((word) => word !== 'native')];
      return { area: group[at % group.length] ?? first, seed: words.join('+'), packets: PACKETS, ...changes };
    });
    return { scenes, removals: REMOVALS };
  };
}

/** Named scenes, `area:seed`, with the step before which their rules change: `nat:S.12@2`. */
export function namedJobs(names: readonly string[], areaOf: (text: string) => Area): () => Job | undefined {
  const left = [...names];
  return () => {
    const name = left.shift();
    if (name === undefined) return undefined;
    const [area = '', rest = ''] = name.split(':');
    const [seed = '', changes] = rest.split('@');
    const scene = { area: areaOf(area), seed, packets: PACKETS, ...(changes === undefined ? {} : { changes: Number(changes) }) };
    return { scenes: [scene], removals: 0 };
  };
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
