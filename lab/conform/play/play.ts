import { mkdirSync, rmSync } from 'node:fs';
import type { Scene } from '../draw/scene.ts';
import { type Counters, countersBefore, countersNow, ruleFilesOf } from '../stage/counters.ts';
import { load, type Refused } from '../stage/load.ts';
import type { Model } from '../stage/model.ts';
import { Stage } from '../stage/raise.ts';
import type { Wire } from '../stage/wire.ts';
import { ask, type Told } from './ask.ts';
import { type Miscounted, miscounted } from './count.ts';
import { type Noise, speak, type Spoken, type Staged } from './rounds.ts';

/** The programs that a play needs, started once. */
export type Tools = { readonly wire: Wire; readonly model: Model; readonly folder: string };

/** What came of one scene. */
export type Played = {
  readonly scene: Scene;
  readonly refused: readonly Refused[];
  readonly told: readonly Told[];
  readonly miscounted: readonly Miscounted[];
};

/** What the rules of all namespaces counted. */
type Counted = { readonly before: Counters; readonly after: Counters; readonly noise: Noise };

/** Plays scenes side by side in one capture: raised, loaded, captured, sent, asked, compared. */
export async function play(tools: Tools, scenes: readonly Scene[]): Promise<readonly Played[]> {
  const staged = scenes.map((scene, at): Staged => ({ scene, stage: new Stage(`s${at}`) }));
  const capture = `${tools.folder}/capture`;
  try {
    const refused = await Promise.all(staged.map(raised));
    await tools.wire.open(staged.map(({ stage, scene }) => ({ stage, layout: scene.layout })));
    rmSync(capture, { recursive: true, force: true });
    mkdirSync(tools.folder, { recursive: true });
    await tools.model.capture(capture);
    const files = ruleFilesOf(capture);
    const before = countersBefore(capture, files);
    const { spoken, noise } = await speak(tools.wire, staged, numbers());
    const after = await countersNow(stagesOf(staged), files);
    await tools.model.open(capture);
    const told = await ask(tools.model, spoken);
    return staged.map((one, at) => judged(one, refused[at] ?? [], told, { before, after, noise }));
  } finally {
    await Promise.all(staged.map(({ scene, stage }) => stage.fall(scene.layout)));
  }
}

async function raised({ scene, stage }: Staged): Promise<readonly Refused[]> {
  await stage.raise(scene.layout);
  return load(stage, scene.rules);
}

const stagesOf = (staged: readonly Staged[]): ReadonlyMap<string, Stage> =>
  new Map(staged.flatMap(({ scene, stage }) => scene.layout.namespaces.map(({ name }) => [stage.name(name), stage] as const)));

function judged({ scene, stage }: Staged, refused: readonly Refused[], told: readonly Told[], { before, after, noise }: Counted): Played {
  const own = told.filter(({ spoken }: { readonly spoken: Spoken }) => spoken.staged.stage === stage);
  const found = scene.layout.namespaces.flatMap(({ name }) => {
    const counters = new Map([...before].filter(([rule]) => rule.includes(`/netns/${stage.name(name)}/`)));
    return miscounted(own, counters, after, noise.get(stage.name(name)) ?? 0);
  });
  return { scene, refused, told: own, miscounted: found };
}

/** Numbers of packets: each play begins anew, so that they fit into the fields that carry them. */
function numbers(): () => number {
  let last = 0;
  return () => ++last;
}
