import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { numberIn, readArguments } from './arguments.ts';
import { type Area, AREAS, GUEST_AREAS } from './conform/draw/construct.ts';
import { nameOf, namedJobs } from './conform/draw-jobs.ts';
import { drawScene } from './conform/draw/draw-scene.ts';
import { registry } from './conform/draw/registry.ts';
import type { Scene } from './conform/draw/scene.ts';
import { withReasons } from './conform/ends/compare-ends.ts';
import type { DrawnScene, Job, Report, SceneReport } from './conform/job.ts';
import { keep } from './conform/kept.ts';
import { playAll, type Worker } from './conform/pool.ts';
import { QUOTA_NAMES, QUOTAS, short } from './conform/quotas.ts';
import { record } from './conform/score/fidelity.ts';
import { playedCommit } from './conform/score/played-commit.ts';
import { scriptOf } from './conform/score/script.ts';
import { Score } from './conform/score/score.ts';
import { lastLines } from './conform/score/table.ts';
import { shrink } from './conform/shrink.ts';
import { type Judging, thisKernel } from './conform/this-kernel.ts';
import { ended } from './ended.ts';
import { shippedProduct } from './gauntlet/bundle.ts';
import { guestKernel } from './vm/guest-kernel.ts';

type Kernel = Extract<Judging, { is: 'ready' }>;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const HELP =
  'npm run conform[:vm] -- --packets N [--kernel debian-12] [--seed S] [--area A] [--scenes A:S,…] [--labs N] [--seconds N] [--shrink N] [--keep] [--report] [--sources]';
/** So many labs for each processor: one waits while another works. */
const LABS = 2;
const MOST_LABS = 8;
/** So many failed scenes are made small. */
const SHRUNK = 3;
/** A scene with more conversations than these is not printed. */
const FEW = 6;

function areasOf(text: string | undefined, there: readonly Area[]): readonly Area[] {
  if (text === 'all') return there;
  if (text === undefined) return there.some(isOfGuests) ? there.filter(isOfGuests) : there;
  const asked = text.split(',');
  const wrong = asked.find((one) => !there.some((area) => area === one));
  if (wrong !== undefined) throw new Error(`no area ${wrong}; there are ${there.join(', ')}, all`);
  return there.filter((area) => asked.includes(area));
}

/** A guest is asked first about what this kernel lacks. */
const isOfGuests = (area: Area): boolean => GUEST_AREAS.some((one) => one === area);

function tell({ job, scenes, error, first }: Report): void {
  if (first !== undefined) print(`  played again (${job.scenes.map(calledOf).join()}): ${first}`);
  if (error !== undefined) print(`✘ ${job.scenes.map(calledOf).join()}: ${error}`);
  for (const [at, { disagreements, refused, storm }] of scenes.entries()) {
    const name = calledOf(job.scenes[at]);
    for (const one of refused) print(`  refused (${name}): ${one}`);
    if (storm !== undefined)
      print(`  storm (${name}): it was ended, ${storm.unjudged} packets were not judged; without an end went ${storm.says}`);
    for (const { of, says } of disagreements.slice(0, 5)) print(`✘ ${name} ${of}: ${says}`);
    if (disagreements.length > 5) print(`✘ ${name}: ${disagreements.length - 5} more`);
  }
}

const calledOf = (one: Job['scenes'][number] | undefined): string =>
  one === undefined ? '' : 'kept' in one ? `kept ${one.kept}` : nameOf(one);

/** A worker of whose packets the kernel is asked why it threw them away. */
const withLosses = (worker: Worker, starting: ReturnType<NonNullable<Kernel['losses']>> | undefined): Worker => ({
  ...worker,
  play: async (job) => {
    const losses = await starting;
    const report = await worker.play(job);
    if (losses === undefined) return report;
    try {
      return { ...report, scenes: await Promise.all(report.scenes.map((scene) => withReasons(scene, losses))) };
    } catch (error) {
      return { ...report, error: error instanceof Error ? error.message : String(error) };
    }
  },
});

/** Drawn scenes on which kernel and model do not agree. */
const failedIn = ({ job, scenes }: Report): readonly { readonly drawn: DrawnScene; readonly report: SceneReport }[] =>
  scenes.flatMap((report, at) => {
    const drawn = job.scenes[at];
    return report.disagreements.length === 0 || drawn === undefined || 'kept' in drawn ? [] : [{ drawn, report }];
  });

/** Makes a failed scene small, prints it as a script, and keeps it if that was asked for. */
async function makeSmall(worker: Worker, scene: Scene, { disagreements }: SceneReport, keeps: string | undefined): Promise<void> {
  const { of, conversation } = disagreements[0] ?? {};
  const small = await shrink(worker, scene, conversation, (report) => report.disagreements.some((one) => one.of === of));
  const { scenes } = await worker.play({ scenes: [{ kept: 'shrunk', scene: small }], removals: 0 });
  const found = scenes[0]?.disagreements.map(({ says }) => says) ?? [];
  const isSmall = small.conversations.length <= FEW;
  print(isSmall ? `\n${scriptOf(small, found)}\n` : `${small.area} ${small.seed} stays large: ${small.conversations.length} conversations`);
  if (keeps !== undefined && isSmall && found.length > 0) print(`kept as ${keep({ found, kernel: keeps, scene: small })}`);
}

const OWN_REPORT =
  '--report names the commit of this checkout, so LEADLINE_CLI may not name another build: unset it, or leave --report out';

async function main(args: readonly string[]): Promise<number> {
  const { value, flag } = readArguments(
    args,
    ['packets', 'kernel', 'seed', 'area', 'scenes', 'labs', 'seconds', 'shrink'],
    ['keep', 'sources', 'report', 'help'],
  );
  if (flag('help')) {
    print(HELP);
    return 0;
  }
  const named = value('kernel');
  const kernel = named === undefined ? await thisKernel() : await guestKernel(named);
  if (kernel.is === 'missing') {
    print(`conform: not played, ${kernel.reason}`);
    return process.env['LEADLINE_LAB'] === 'required' ? 1 : 0;
  }
  if (flag('report') && process.env['LEADLINE_CLI'] !== undefined) throw new Error(OWN_REPORT);
  const commit = flag('report') ? await playedCommit() : undefined; // before others commit more
  const losses = kernel.losses?.();
  losses?.catch(() => {}); // every play hears of it
  const shipped = flag('sources') ? undefined : await shippedProduct();
  if (shipped !== undefined && 'why' in shipped) throw new Error(`the product does not build: ${shipped.why}`);
  const environment = shipped === undefined ? {} : { LEADLINE_CLI: shipped.path };
  const seed = value('seed') ?? randomBytes(4).toString('hex');
  const packets = numberIn(value('packets'), 10_000, 1e8);
  const until = performance.now() + 1000 * numberIn(value('seconds'), 1e6, 1e6);
  const labs = kernel.alone === true ? 1 : numberIn(value('labs'), Math.min(MOST_LABS, LABS * availableParallelism()), 16);
  print(`conform: ${packets} packets, kernel ${kernel.release}, seed ${seed}`);
  const score = new Score();
  const failed: { readonly drawn: DrawnScene; readonly report: SceneReport }[] = [];
  const start = (): Worker => withLosses(kernel.start(environment), losses);
  const scenes = value('scenes')?.split(',');
  const areas = areasOf(value('area'), kernel.areas);
  const next =
    scenes === undefined
      ? kernel.jobs({ seed, packets, areas, until }, score)
      : namedJobs(scenes, (area) => areasOf(area, kernel.areas)[0] ?? 'filter');
  await playAll(start, labs, next, (report) => {
    score.add(report);
    tell(report);
    failed.push(...failedIn(report));
  });
  const worker = start();
  const all = await registry();
  for (const { drawn, report } of failed.slice(0, numberIn(value('shrink'), SHRUNK, 1000))) {
    await makeSmall(
      worker,
      drawScene(all, drawn.area, drawn.seed, drawn.packets, drawn.changes),
      report,
      flag('keep') ? kernel.release : undefined,
    );
  }
  worker.end();
  await (await losses)?.stop();
  if (flag('report')) await record(score, kernel.release, seed, commit);
  for (const line of lastLines(score, seed)) print(line);
  const missed = areas.length === AREAS.length && scenes === undefined ? short(score) : [];
  for (const name of missed) print(`✘ too few packets: ${QUOTA_NAMES[name]}, ${QUOTAS[name]} % are wanted`);
  return score.disagreements > 0 || score.errors > 0 || missed.length > 0 ? 1 : 0;
}

ended(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`conform: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }),
);
