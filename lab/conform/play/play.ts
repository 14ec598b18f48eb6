import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { diceOf } from '../../draw/dice.ts';
import type { Scene } from '../draw/scene.ts';
import { type RuleLines, ruleLines } from '../score/rule-lines.ts';
import { type Counters, countersBefore, countersNow, type RuleFile, ruleFilesOf } from '../stage/counters.ts';
import { load, type Refused } from '../stage/load.ts';
import type { Model } from '../stage/model.ts';
import { Stage } from '../stage/raise.ts';
import type { Wire } from '../stage/wire.ts';
import { ask, type Told } from './ask.ts';
import { connectionsNow, type Disconnected, disconnected, type Table } from './connections.ts';
import { type Miscounted, miscounted } from './count.ts';
import { type Noise, speak, type Staged } from './rounds.ts';
import { decidedBy } from './without.ts';

/** The programs that a play needs, started once. */
export type Tools = {
  readonly wire: Wire;
  readonly model: Model;
  readonly folder: string;
  /** How many packets each construct has decided so far: rules of those with the fewest are left out first. */
  readonly decided: Map<string, number>;
};

/** What came of one scene. */
export type Played = {
  readonly scene: Scene;
  readonly refused: readonly Refused[];
  readonly told: readonly Told[];
  readonly miscounted: readonly Miscounted[];
  readonly disconnected: readonly Disconnected[];
  /** Which drawn rule stands where in the capture, and how many packets would have ended otherwise without it. */
  readonly lines: RuleLines;
  readonly decided: ReadonlyMap<string, number>;
};

const QUIET_MS = 1300;

/** What the kernel left behind. */
type Left = {
  readonly capture: string;
  readonly files: readonly RuleFile[];
  readonly before: Counters;
  readonly after: Counters;
  readonly noise: Noise;
  readonly tables: ReadonlyMap<string, Table>;
};

/** Plays scenes side by side in one capture: raised, loaded, captured, sent, asked, compared, asked again without some rules. */
export async function play(
  tools: Tools,
  scenes: readonly Scene[],
  removals = 0,
): Promise<{ readonly played: readonly Played[]; readonly ms: Readonly<Record<string, number>> }> {
  const staged = scenes.map((scene, at): Staged => ({ scene, stage: new Stage(`s${at}`) }));
  const clock = clockOf();
  try {
    const refused = await Promise.all(staged.map(raised));
    clock.lap('raise');
    await quieted();
    clock.lap('wait');
    const { spoken, left } = await performed(tools, staged, clock.lap);
    await tools.model.open(left.capture);
    const told = await ask(tools.model, spoken);
    clock.lap('model');
    const bare = staged.map((one, at) => judged(one, refused[at] ?? [], told, left));
    const candidates = bare.map((one) => ({ told: one.told, lines: one.lines }));
    const decided = await decidedBy(tools, left.capture, candidates, removals, diceOf(scenes.map(({ seed }) => seed).join()));
    clock.lap('removals');
    return { played: bare.map((one) => ({ ...one, decided })), ms: clock.laps };
  } finally {
    await Promise.all(staged.map(({ scene, stage }) => stage.fall(scene.layout)));
  }
}

/** The kernel tells multicast groups by itself for a second after a link is up, and rules count that. */
const quieted = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

function clockOf() {
  const laps: Record<string, number> = {};
  let last = performance.now();
  const lap = (name: string): void => {
    const now = performance.now();
    laps[name] = Math.round(now - last);
    last = now;
  };
  return { laps, lap };
}

/** The kernel's part. */
async function performed({ wire, model, folder }: Tools, staged: readonly Staged[], lap: (name: string) => void) {
  const capture = `${folder}/capture`;
  await wire.open(staged.map(({ stage, scene }) => ({ stage, layout: scene.layout })));
  rmSync(capture, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await model.capture(capture);
  lap('capture');
  const files = ruleFilesOf(capture);
  const before = countersBefore(capture, files);
  const { spoken, noise } = await speak(wire, staged, numbers());
  lap('send');
  const after = await countersNow(stagesOf(staged), files);
  const tables = new Map((await Promise.all(staged.map(({ scene, stage }) => connectionsNow(scene, stage)))).flatMap((one) => [...one]));
  lap('read');
  const left: Left = { capture, files, before, after, noise, tables };
  return { spoken, left };
}

async function raised({ scene, stage }: Staged): Promise<readonly Refused[]> {
  await stage.raise(scene.layout);
  return load(stage, scene.rules);
}

const stagesOf = (staged: readonly Staged[]): ReadonlyMap<string, Stage> =>
  new Map(staged.flatMap(({ scene, stage }) => scene.layout.namespaces.map(({ name }) => [stage.name(name), stage] as const)));

function judged({ scene, stage }: Staged, refused: readonly Refused[], all: readonly Told[], left: Left): Played {
  const told = all.filter(({ spoken }) => spoken.staged.stage === stage);
  const names = scene.layout.namespaces.map(({ name }) => stage.name(name));
  const found = names.flatMap((name) => {
    const own = new Map([...left.before].filter(([rule]) => rule.includes(`/netns/${name}/`)));
    return miscounted(told, own, left.after, left.noise.get(name) ?? 0, (rule) => textAt(left.capture, rule));
  });
  const loaded = scene.rules.filter((rule) => !refused.some((one) => one.rule === rule));
  return {
    scene,
    refused,
    told,
    miscounted: found,
    disconnected: disconnected(told, new Map([...left.tables].filter(([name]) => names.includes(name)))),
    lines: ruleLines(
      left.capture,
      left.files.filter(({ namespace }) => names.includes(namespace)),
      stage,
      loaded,
    ),
    decided: new Map(),
  };
}

/** The line of a capture's file. */
function textAt(capture: string, at: string): string {
  const [, file = '', line = '1'] = /^(.*):(\d+)$/.exec(at) ?? [];
  return readFileSync(join(capture, file), 'utf8').split('\n')[Number(line) - 1]?.trim() ?? '';
}

/** Numbers of packets: each play begins anew, so that they fit into the fields that carry them. */
function numbers(): () => number {
  let last = 0;
  return () => ++last;
}
