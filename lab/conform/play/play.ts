import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { diceOf } from '../../draw/dice.ts';
import type { Rule } from '../draw/rule.ts';
import type { Scene } from '../draw/scene.ts';
import { deviceRules } from '../score/device-rules.ts';
import { type FactLine, factLines } from '../score/fact-lines.ts';
import { type RuleLines, ruleLines } from '../score/rule-lines.ts';
import { type Counters, countersBefore, type RuleFile, ruleFilesOf } from '../stage/counters.ts';
import { load, type Refused, reload } from '../stage/load.ts';
import type { Model } from '../stage/model.ts';
import type { Stage } from '../stage/raise.ts';
import type { Stages } from '../stage/stages.ts';
import { now, type Wire } from '../stage/wire.ts';
import { ask, type Told } from './ask.ts';
import { askInOrder } from './in-order.ts';
import { judgedTwice } from './twice.ts';
import { keptUnsent } from './kept-unsent.ts';
import { overhear } from './overhear.ts';
import { type Disconnected, disconnected, type Table } from './connections.ts';
import { type Miscounted, miscounted, modelCounts, namespaceOf, noiseIn } from './count.ts';
import { readNow } from './read.ts';
import { meet, type Noise, said, speak, type Staged, type Steps } from './rounds.ts';
import { rested, restedAt, toldOfRoutes } from './rested.ts';
import type { Stormed, Storms } from './storms.ts';
import { suspectOf } from './suspect.ts';
import type { Tally } from './tally.ts';
import { decidedBy } from './without.ts';

/** The programs that a play needs, started once. */
export type Tools = {
  readonly wire: Wire;
  readonly model: Model;
  readonly stages: Stages;
  readonly folder: string;
  /** How many packets each construct has decided so far: rules of those with the fewest are left out first. */
  readonly decided: Tally;
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
  /** What else of the drawn lines stands in the capture. */
  readonly facts: readonly FactLine[];
  /** The rules that any packet met, in the kernel or in the model. */
  readonly met: ReadonlySet<Rule>;
  readonly decided: ReadonlyMap<string, number>;
  /** The inodes of its namespaces, where they are this machine's. */
  readonly inodes: ReadonlyMap<string, number>;
  /** The conversation after which counters or connections were not as the model says, where one alone does it. */
  readonly suspect?: number | undefined;
  /** What ended it before all was said. */
  readonly storm?: Stormed | undefined;
};

/** What the kernel left behind. */
type Left = {
  readonly capture: string;
  /** When it had been read, in nanoseconds of the monotonic clock. */
  readonly read: number;
  readonly files: readonly RuleFile[];
  readonly before: Counters;
  readonly after: Counters;
  readonly noise: Noise;
  /** Connections that were tracked before and after. */
  readonly known: ReadonlyMap<string, Table>;
  readonly tables: ReadonlyMap<string, Table>;
};

/** So long an act of one scene is asked about in order: a job has three minutes, and most need a second. */
const IN_ORDER_MS = 45_000;

/** Plays scenes side by side: raised, loaded, captured, sent, asked, compared, asked again without some rules. */
export async function play(
  tools: Tools,
  scenes: readonly Scene[],
  removals = 0,
): Promise<{ readonly played: readonly Played[]; readonly ms: Readonly<Record<string, number>> }> {
  const clock = clockOf();
  const staged = await tools.stages.take(scenes);
  const storms: Storms = new Map();
  const tired = new Set<Stage>();
  clock.lap('raise');
  try {
    const refused = await Promise.all(staged.map(({ scene, stage }) => load(stage, scene.rules)));
    clock.lap('load');
    await tools.wire.open(staged.map(({ stage, scene }) => ({ stage, layout: scene.layout })));
    const acts = await allActs(tools, staged, refused, clock.lap, storms);
    const bare = staged.map((_, at) => joined(acts.flatMap(({ played }) => played[at] ?? [])));
    for (const [at, { stage }] of staged.entries()) if (acts.at(-1)?.tired[at] === true) tired.add(stage);
    const [first] = acts;
    const suspects = acts.length === 1 && first !== undefined ? await suspectsOf(tools, staged, bare, first.left) : [];
    const candidates = staged.map((_, at) => ({
      told: first?.played[at]?.told.filter(({ left }) => left === undefined) ?? [],
      lines: bare[at]?.lines ?? new Map(),
      facts: bare[at]?.facts ?? [],
    }));
    tools.decided.play(bare.reduce((sum, { told }) => sum + told.reduce((own, { judged: all }) => own + all.length, 0), 0));
    const dice = diceOf(scenes.map(({ seed }) => seed).join());
    // what is left out is left out of the first capture
    if (acts.length > 1 && removals > 0 && first !== undefined) await tools.model.open(first.left.capture);
    const decided = await decidedBy(tools, first?.left.capture ?? '', candidates, removals, dice);
    clock.lap('removals');
    return { played: bare.map((one, at) => ({ ...one, decided, suspect: suspects[at] })), ms: clock.laps };
  } finally {
    await tools.wire.open([]);
    await tools.stages.give(staged, { has: (stage) => storms.has(stage) || tired.has(stage) });
  }
}

/** Steps of all conversations under the same rules, and what the model says of them. */
type Act = {
  readonly played: readonly Played[];
  readonly left: Left;
  readonly rested: number | undefined;
  readonly tired: readonly boolean[];
};

/** Where rules change, what follows is another act: captured anew, and asked of that capture alone. */
async function allActs(
  tools: Tools,
  staged: readonly Staged[],
  refused: readonly (readonly Refused[])[],
  lap: (name: string) => void,
  storms: Storms,
): Promise<readonly Act[]> {
  const ids = numbers();
  const all = meet(staged, ids);
  const change = staged.map(({ scene }) => scene.change?.before).find((before) => before !== undefined);
  const whole = { from: 0, until: Number.POSITIVE_INFINITY };
  const parts: readonly Steps[] =
    change === undefined
      ? [whole]
      : [
          { ...whole, until: change },
          { ...whole, from: change },
        ];
  const acts: Act[] = [];
  for (const [number, steps] of parts.entries()) {
    await rested(acts.at(-1)?.rested);
    if (number > 0) await Promise.all(staged.flatMap(({ scene, stage }) => (storms.has(stage) ? [] : [reload(stage, scene)])));
    const capture = `${tools.folder}/capture${number === 0 ? '' : number}`;
    const known = number === 0 ? new Map<string, Table>() : (await readNow(staged, [])).tables;
    const left = await performed(tools, { capture, known }, staged, () => speak(tools.wire, all, steps, ids, storms), lap);
    await tools.model.open(left.capture);
    const told = await ask(tools.model, said(all, steps, left.read));
    lap('model');
    const ownOf = staged.map(({ stage }) => told.filter(({ spoken }) => spoken.staged.stage === stage));
    const played: Played[] = [];
    for (const [at, one] of staged.entries()) {
      const own = ownOf[at] ?? [];
      const until = performance.now() + IN_ORDER_MS;
      played.push(
        await judgedTwice(
          (all) => askInOrder(tools.model, all, left.tables, () => performance.now() > until),
          own,
          (tried) => judged(one, refused[at] ?? [], tried, left),
        ),
      );
    }
    acts.push({ played, left, rested: restedAt(told), tired: ownOf.map(toldOfRoutes) });
    lap('in order');
  }
  return acts;
}

/** Where no packet tells which conversation it was, each is said once more. */
async function suspectsOf(
  { wire, model }: Tools,
  staged: readonly Staged[],
  played: readonly Played[],
  { capture, files }: Left,
): Promise<readonly (number | undefined)[]> {
  const suspects: (number | undefined)[] = [];
  for (const [at, one] of staged.entries()) {
    const { told = [], miscounted: counted = [], disconnected: tracked = [] } = played[at] ?? {};
    const isTold =
      told.some(({ judged: all }) => all.some(({ is }) => is === 'other')) || tracked.some(({ conversation }) => conversation >= 0);
    const own = files.filter(({ namespace }) => one.scene.layout.namespaces.some(({ name }) => one.stage.name(name) === namespace));
    const inquiry = { wire, model, files: own, textOf: (rule: string) => textAt(capture, rule) };
    suspects.push(isTold || counted.length + tracked.length === 0 ? undefined : await suspectOf(inquiry, one));
  }
  return suspects;
}

/** What all acts of a scene came to. */
function joined(acts: readonly Played[]): Played {
  const [first] = acts;
  if (first === undefined) throw new Error('a play without an act');
  const told = first.told.map((one, at) => ({
    ...one,
    judged: acts.flatMap((act) => act.told[at]?.judged ?? []),
    skipped: acts.reduce((sum, act) => sum + (act.told[at]?.skipped ?? 0), 0),
    ...(acts.some((act) => act.told[at]?.tooMany === true) ? { tooMany: true as const } : {}),
    ...(acts.some((act) => act.told[at]?.tooLong === true) ? { tooLong: true as const } : {}),
  }));
  return {
    ...first,
    told,
    miscounted: acts.flatMap((act) => act.miscounted),
    disconnected: acts.flatMap((act) => act.disconnected),
    storm: acts.at(-1)?.storm,
    met: new Set(acts.flatMap((act) => [...act.met])),
  };
}

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

/** The kernel's part of an act. */
async function performed(
  { wire, model, folder }: Tools,
  { capture, known }: Pick<Left, 'capture' | 'known'>,
  staged: readonly Staged[],
  send: () => Promise<Noise>,
  lap: (name: string) => void,
): Promise<Left> {
  rmSync(capture, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await model.capture(capture);
  const read = now();
  lap('capture');
  const files = ruleFilesOf(capture);
  const before = countersBefore(capture, files);
  const noise = await send();
  lap('send');
  const { counters: after, tables } = await readNow(staged, files);
  await overhear(wire, noise);
  lap('read');
  return { capture, read, files, before, after, noise, known, tables };
}

function judged({ scene, stage }: Staged, refused: readonly Refused[], told: readonly Told[], left: Left): Played {
  const names = scene.layout.namespaces.map(({ name }) => stage.name(name));
  const storm = left.noise.storms.get(stage);
  // of all namespaces at once: how often the model says that rules count is the same for each
  const own = new Map([...left.before].filter(([rule]) => names.includes(namespaceOf(rule) ?? '')));
  const noise = (rule: string): number => noiseIn(left.noise, namespaceOf(rule) ?? '')(rule);
  const found = miscounted(told, own, left.after, noise, (rule) => textAt(left.capture, rule));
  const loaded = scene.rules.filter((rule) => !refused.some((one) => one.rule === rule));
  const lines = ruleLines(
    left.capture,
    left.files.filter(({ namespace }) => names.includes(namespace)),
    stage,
    loaded,
  );
  const { counts } = modelCounts(told);
  const isMet = (at: string): boolean => counts.has(at) || left.after.get(at) !== left.before.get(at);
  return {
    scene,
    refused,
    told,
    // counters and connections tell all that was said, and of a storm's scene that is not known
    miscounted: storm === undefined ? found : [],
    disconnected:
      storm !== undefined
        ? []
        : [
            ...disconnected(told, new Map([...left.tables].filter(([name]) => names.includes(name))), left.known),
            ...keptUnsent(told, new Map([...left.noise.sealed].filter(([name]) => names.includes(name)))),
          ],
    lines,
    facts: factLines(left.capture, stage, [...loaded, ...deviceRules(scene.layout)]),
    met: new Set([...lines].flatMap(([at, rule]) => (isMet(at) ? [rule] : []))),
    decided: new Map(),
    storm,
    inodes: new Map(scene.layout.namespaces.flatMap(({ name }) => inodeOf(stage, name))),
  };
}

function inodeOf(stage: Stage, name: string): readonly (readonly [string, number])[] {
  const there = statSync(stage.path(name), { throwIfNoEntry: false });
  return there === undefined ? [] : [[stage.name(name), there.ino]];
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
