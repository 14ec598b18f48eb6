import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Arguments, numberIn, readArguments } from './arguments.ts';
import { diceOf } from './draw/dice.ts';
import { ended } from './ended.ts';
import { startBeside } from './gauntlet/beside.ts';
import { KEEP_VARIABLE } from './gauntlet/bench.ts';
import { bundleStandIns, shippedProduct } from './gauntlet/bundle.ts';
import { failedOf, type Job, jobOf, jobText, type Report } from './gauntlet/job.ts';
import { folderOfRun } from './gauntlet/folder.ts';
import { lacksKernel } from './gauntlet/kernel.ts';
import { inOrder, type Order } from './gauntlet/order.ts';
import { planJobs, takenBack } from './gauntlet/plan.ts';
import { playRemovals } from './gauntlet/play-removals.ts';
import { playAll, type Run } from './gauntlet/pool.ts';
import { reportLines, scoreLine } from './gauntlet/telling.ts';
import { keepRegressions, regressions } from './gauntlet/regressions.ts';
import { whyNoTrace } from './tracer/can-trace.ts';
import { loadScenario, scenarioIds } from './scenarios.ts';
import { sideBySide } from './side-by-side.ts';
import type { Scenario } from './vocabulary.ts';
import { kept } from './inside.ts';
import { COMPONENTS_VARIABLE } from './world/components.ts';
import { labAllowed } from './world/allowed.ts';
import { BUNDLES_VARIABLE } from './world/command.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
/** A lab waits for half of its time: for flanneld, for packets that never come. With more of them each only takes longer. */
const LABS_PER_PROCESSOR = 3;
const MOST_LABS = 8;
/** Pairs, removals and healthy clusters. */
const EXTENT = { hand: { pairs: 60, removals: 60, healthy: 3 }, ci: { pairs: 20, removals: 60, healthy: 1 } };

async function chosenScenarios(only: string | undefined): Promise<readonly Scenario[]> {
  const wanted = only?.split(',') ?? scenarioIds();
  const all = await Promise.all(wanted.map(loadScenario));
  for (const { fault, needs } of all.filter(lacksKernel)) print(`gauntlet: ${fault} is not played, this kernel has no ${needs?.kernel}`);
  return all.filter((one) => !lacksKernel(one));
}

async function playInOrder({ together, waiting, alone }: Order, labs: number, run: Omit<Run, 'tell'>): Promise<readonly Report[]> {
  const reports: Report[] = [];
  const lacking: Report[] = [];
  const all = together.length + waiting.length + alone.length;
  const tell = (report: Report): void => {
    reports.push(report);
    if (report.lacking !== undefined) lacking.push(report);
    for (const line of reportLines(report, `${reports.length}/${all}`)) print(line);
  };
  const left = await Promise.all([playAll(together, labs, { ...run, tell }), playAll(waiting, 1, { ...run, tell, first: labs })]);
  // what has the machine for itself leaves its processors idle
  const [leftAlone, early] = await Promise.all([
    playAll(alone, 1, { ...run, tell, mayStart: () => true }),
    judgeLacking(lacking.splice(0), run),
  ]);
  const removed = [...early, ...(await judgeLacking(lacking, run))];
  for (const report of removed) for (const line of reportLines(report, '+')) print(line);
  const untold = [...left.flat(), ...leftAlone];
  if (untold.length > 0) print(`gauntlet: no time for ${untold.length} jobs: ${untold.map(jobText).join(', ')}`);
  return [...reports, ...removed];
}

/** What was laid aside, judged with something missing, in as many processes as there are. */
const judgeLacking = (reports: readonly Report[], { beside }: Pick<Run, 'beside'>): Promise<readonly Report[]> =>
  sideBySide([...reports.entries()], availableParallelism(), async ([at, { job, lacking }]): Promise<Report> => {
    const started = performance.now();
    const told = { job, apart: 'with a source missing' };
    if (job.kind !== 'fault' || lacking === undefined) return { ...told, cases: [], ms: 0 };
    const cases = await playRemovals(job, lacking, (args) => beside.product(args, at)).catch((error: unknown) => [
      { name: told.apart, wrong: [String(error)] },
    ]);
    return { ...told, cases, ms: Math.round(performance.now() - started) };
  });

/** What is to be played: one job that was named, or what the seed draws, and what failed once before it. */
function planOf({ value, flag }: Arguments, seed: string, scenarios: readonly Scenario[]): readonly Job[] {
  const job = value('job');
  if (job !== undefined) return [jobOf(job)];
  const extent = flag('ci') ? EXTENT.ci : EXTENT.hand;
  const few = value('only') !== undefined;
  const count = (name: keyof typeof extent): number => numberIn(value(name), few ? 0 : extent[name], 100_000);
  const failedOnce = few ? [] : regressions();
  // those that failed once are pairs, too; more than half of all are drawn in any case
  const pairs = Math.max(
    count('pairs') === 0 ? 0 : Math.floor(count('pairs') / 2) + 1,
    count('pairs') - failedOnce.filter(({ kind }) => kind === 'pair').length,
  );
  const drawn = planJobs(scenarios, { seed, all: !flag('ci'), pairs, removals: count('removals'), healthy: count('healthy') });
  // where time is short, a play that failed once stands in for a drawn one of its fault
  const again = new Set(flag('ci') ? failedOnce.flatMap((job) => (job.kind === 'fault' ? [job.fault] : [])) : []);
  const fresh = drawn.filter((job) => job.kind !== 'fault' || !again.has(job.fault));
  const whole = [...failedOnce, ...fresh];
  return (flag('undo') ? takenBack(whole) : whole).filter(({ kind }) => (value('kind') ?? kind) === kind);
}

/** What every lab is told by its environment. */
function environmentOf({ value, flag }: Arguments, cli: string | undefined, bundles: string): NodeJS.ProcessEnv {
  const captures = value('keep-captures');
  return {
    [BUNDLES_VARIABLE]: bundles,
    ...(cli === undefined ? kept() : { LEADLINE_CLI: cli }),
    ...(captures === undefined ? {} : { [KEEP_VARIABLE]: resolve(captures) }),
    ...(flag('real') ? { [COMPONENTS_VARIABLE]: 'real' } : {}),
  };
}

async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(
    args,
    ['seed', 'only', 'pairs', 'removals', 'healthy', 'labs', 'job', 'kind', 'keep-captures', 'seconds'],
    ['ci', 'keep', 'sources', 'real', 'undo'],
  );
  const { value, flag } = asked;
  const allowed = await labAllowed();
  if (!allowed.allowed) {
    print(`gauntlet: not played, ${allowed.reason}`);
    return process.env['LEADLINE_LAB'] === 'required' ? 1 : 0;
  }
  const bundled = flag('sources') ? undefined : await shippedProduct();
  if (bundled !== undefined && 'why' in bundled) throw new Error(`the product does not build: ${bundled.why}`);
  const seed = value('seed') ?? randomBytes(4).toString('hex');
  const scenarios = await chosenScenarios(value('only'));
  const jobs = planOf(asked, seed, scenarios);
  print(`gauntlet: ${jobs.length} jobs, seed ${seed}`);
  const labs = numberIn(value('labs'), Math.max(1, Math.min(MOST_LABS, LABS_PER_PROCESSOR * availableParallelism())), 16);
  const untraced = whyNoTrace();
  if (untraced !== undefined) print(`gauntlet: the kernel's own trace is not asked, ${untraced}`);
  if (untraced !== undefined && flag('ci') && process.env['LEADLINE_LAB'] === 'required') return 1;
  const folder = folderOfRun();
  const bundles = `${folder}/stand-ins`;
  await bundleStandIns(bundles);
  const environment = environmentOf(asked, bundled?.path, bundles);
  const until = performance.now() + 1000 * numberIn(value('seconds'), 1e6, 1e6);
  const beside = startBeside(bundled?.path);
  const mayStart = (): boolean => performance.now() < until;
  const reports = await playInOrder(inOrder(jobs, scenarios, diceOf(`order ${seed}`)), labs, { environment, beside, folder, mayStart });
  await beside.end();
  if (flag('keep')) keepRegressions(reports.filter((report) => failedOf(report.cases).length > 0).map(({ job }) => job));
  print(scoreLine(reports, seed));
  const cases = reports.flatMap((report) => report.cases);
  return cases.length > 0 && failedOf(cases).length === 0 ? 0 : 1;
}

ended(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`gauntlet: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }),
);
