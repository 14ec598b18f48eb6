import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { numberIn, readArguments } from './arguments.ts';
import { type Area, AREAS } from './conform/draw/construct.ts';
import type { Job, Report } from './conform/job.ts';
import { playAll, startWorker } from './conform/pool.ts';
import { Score } from './conform/score/score.ts';
import { lastLines } from './conform/score/table.ts';
import { buildWire } from './conform/wire/build.ts';
import { bundleProduct } from './gauntlet/bundle.ts';
import { labAllowed } from './world/allowed.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const HELP = 'npm run conform -- --packets N [--seed S] [--area A] [--labs N] [--seconds N] [--keep] [--sources] [--report]';
/** Scenes that share a capture, and packets of each. */
const SCENES = 6;
const PACKETS = 300;
const REMOVALS = 2;

/** Draws jobs as long as packets are wanted and time is left; areas take turns. */
function drawJobs(seed: string, packets: number, areas: readonly Area[], until: number): () => Job | undefined {
  let number = 0;
  let left = packets;
  return () => {
    if (left <= 0 || performance.now() > until) return undefined;
    const scenes = Array.from({ length: SCENES }, () => {
      const area = areas[number % areas.length] ?? 'filter';
      left -= PACKETS;
      return { area, seed: `${seed}.${number++}`, packets: PACKETS };
    });
    return { scenes, removals: REMOVALS };
  };
}

function areasOf(text: string | undefined): readonly Area[] {
  if (text === undefined || text === 'all') return AREAS;
  const asked = text.split(',');
  const wrong = asked.find((one) => !AREAS.some((area) => area === one));
  if (wrong !== undefined) throw new Error(`no area ${wrong}; there are ${AREAS.join(', ')}, all`);
  return AREAS.filter((area) => asked.includes(area));
}

function tell({ scenes, error }: Report): void {
  if (error !== undefined) print(`✘ ${error}`);
  for (const { area, seed, disagreements, refused } of scenes) {
    for (const one of refused) print(`  refused (${area} ${seed}): ${one}`);
    for (const { of, says } of disagreements.slice(0, 5)) print(`✘ ${area} ${seed} ${of}: ${says}`);
    if (disagreements.length > 5) print(`✘ ${area} ${seed}: ${disagreements.length - 5} more`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { value, flag } = readArguments(args, ['packets', 'seed', 'area', 'labs', 'seconds'], ['keep', 'sources', 'report', 'help']);
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
  const jobs = drawJobs(seed, packets, areasOf(value('area')), until);
  await playAll(
    () => startWorker(wire.path, environment),
    labs,
    jobs,
    (report) => {
      score.add(report);
      tell(report);
    },
  );
  for (const line of lastLines(score, seed)) print(line);
  return score.disagreements > 0 || score.errors > 0 ? 1 : 0;
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`conform: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }),
);
