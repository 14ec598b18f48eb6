import { randomBytes } from 'node:crypto';
import { availableParallelism, release } from 'node:os';
import { numberIn, readArguments } from './arguments.ts';
import { type Area, AREAS } from './conform/draw/construct.ts';
import { drawScene } from './conform/draw/draw-scene.ts';
import { registry } from './conform/draw/registry.ts';
import type { Scene } from './conform/draw/scene.ts';
import type { Job, Report, SceneReport } from './conform/job.ts';
import { keep, keptScenes } from './conform/kept.ts';
import { playAll, startWorker, type Worker } from './conform/pool.ts';
import { record } from './conform/score/fidelity.ts';
import { scriptOf } from './conform/score/script.ts';
import { Score } from './conform/score/score.ts';
import { lastLines } from './conform/score/table.ts';
import { shrink } from './conform/shrink.ts';
import { buildWire } from './conform/wire/build.ts';
import { bundleProduct } from './gauntlet/bundle.ts';
import { labAllowed } from './world/allowed.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const HELP = 'npm run conform -- --packets N [--seed S] [--area A] [--labs N] [--seconds N] [--shrink N] [--keep] [--report] [--sources]';
/** Scenes that share a capture, and packets of each. */
const SCENES = 6;
const PACKETS = 300;
const REMOVALS = 2;
/** So many failed scenes are made small. */
const SHRUNK = 3;
/** A scene with more conversations than these is not printed. */
const FEW = 6;

/** What was kept comes first; then jobs are drawn as long as packets are wanted and time is left; areas take turns. */
function drawJobs(seed: string, packets: number, areas: readonly Area[], until: number): () => Job | undefined {
  let number = 0;
  let left = packets;
  const kept = [...Map.groupBy(keptScenes(), ({ scene }) => scene.change?.before).values()].map((group) => [...group]);
  return () => {
    const group = kept.find((one) => one.length > 0);
    const again = group?.splice(0, SCENES) ?? [];
    if (again.length > 0) return { scenes: again.map(({ name, scene }) => ({ kept: name, scene })), removals: 0 };
    if (left <= 0 || performance.now() > until) return undefined;
    const changes = changesOf(number);
    const scenes = Array.from({ length: SCENES }, () => {
      const area = areas[number % areas.length] ?? 'filter';
      left -= PACKETS;
      return { area, seed: `${seed}.${number++}`, packets: PACKETS, ...changes };
    });
    return { scenes, removals: REMOVALS };
  };
}

/** In every third job rules change before the second or the third step. */
const changesOf = (number: number): { readonly changes?: number } =>
  (number / SCENES) % 3 === 2 ? { changes: 1 + ((number / SCENES) % 2) } : {};

function areasOf(text: string | undefined): readonly Area[] {
  if (text === undefined || text === 'all') return AREAS;
  const asked = text.split(',');
  const wrong = asked.find((one) => !AREAS.some((area) => area === one));
  if (wrong !== undefined) throw new Error(`no area ${wrong}; there are ${AREAS.join(', ')}, all`);
  return AREAS.filter((area) => asked.includes(area));
}

function tell({ scenes, error }: Report): void {
  if (error !== undefined) print(`✘ ${error}`);
  for (const { area, seed: drawn, kept, disagreements, refused } of scenes) {
    const seed = kept === undefined ? drawn : `kept ${kept}`;
    for (const one of refused) print(`  refused (${area} ${seed}): ${one}`);
    for (const { of, says } of disagreements.slice(0, 5)) print(`✘ ${area} ${seed} ${of}: ${says}`);
    if (disagreements.length > 5) print(`✘ ${area} ${seed}: ${disagreements.length - 5} more`);
  }
}

/** The number of the first scene of a scene's job. */
const firstOf = (seed: string): number => {
  const number = Number(seed.split('.').at(-1));
  return number - (number % SCENES);
};

/** Makes a failed scene small, prints it as a script, and keeps it if that was asked for. */
async function makeSmall(worker: Worker, scene: Scene, { disagreements }: SceneReport, isKept: boolean): Promise<void> {
  const { of, conversation } = disagreements[0] ?? {};
  const small = await shrink(worker, scene, conversation, (report) => report.disagreements.some((one) => one.of === of));
  const { scenes } = await worker.play({ scenes: [{ kept: 'shrunk', scene: small }], removals: 0 });
  const found = scenes[0]?.disagreements.map(({ says }) => says) ?? [];
  const isSmall = small.conversations.length <= FEW;
  print(isSmall ? `\n${scriptOf(small, found)}\n` : `${small.area} ${small.seed} stays large: ${small.conversations.length} conversations`);
  if (isKept && isSmall && found.length > 0) print(`kept as ${keep({ found, kernel: release(), scene: small })}`);
}

async function main(args: readonly string[]): Promise<number> {
  const { value, flag } = readArguments(
    args,
    ['packets', 'seed', 'area', 'labs', 'seconds', 'shrink'],
    ['keep', 'sources', 'report', 'help'],
  );
  if (flag('help')) {
    print(HELP);
    return 0;
  }
  const allowed = await labAllowed();
  if (!allowed.allowed) {
    print(`conform: not played, ${allowed.reason}`);
    return process.env['LEADLINE_LAB'] === 'required' ? 1 : 0;
  }
  const wire = await buildWire();
  if (wire.is === 'missing') {
    print(`conform: not played, ${wire.reason}`);
    return process.env['LEADLINE_LAB'] === 'required' ? 1 : 0;
  }
  const given = process.env['LEADLINE_CLI'];
  const bundled = flag('sources') || given !== undefined ? undefined : await bundleProduct();
  if (bundled !== undefined && 'why' in bundled) throw new Error(`the product does not build: ${bundled.why}`);
  const cli = bundled?.path ?? given;
  const environment = cli === undefined ? {} : { LEADLINE_CLI: cli };
  const seed = value('seed') ?? randomBytes(4).toString('hex');
  const packets = numberIn(value('packets'), 10_000, 1e8);
  const until = performance.now() + 1000 * numberIn(value('seconds'), 1e6, 1e6);
  const labs = numberIn(value('labs'), Math.max(1, Math.min(4, availableParallelism())), 16);
  print(`conform: ${packets} packets, seed ${seed}`);
  const score = new Score();
  const failed: SceneReport[] = [];
  const start = (): Worker => startWorker(wire.path, environment);
  await playAll(start, labs, drawJobs(seed, packets, areasOf(value('area')), until), (report) => {
    score.add(report);
    tell(report);
    failed.push(...report.scenes.filter(({ disagreements, kept }) => disagreements.length > 0 && kept === undefined));
  });
  const worker = start();
  const all = await registry();
  for (const one of failed.slice(0, numberIn(value('shrink'), SHRUNK, 1000))) {
    await makeSmall(worker, drawScene(all, one.area, one.seed, PACKETS, changesOf(firstOf(one.seed)).changes), one, flag('keep'));
  }
  worker.end();
  if (flag('report')) record(score, release(), seed);
  for (const line of lastLines(score, seed)) print(line);
  return score.disagreements > 0 || score.errors > 0 ? 1 : 0;
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`conform: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }),
);
