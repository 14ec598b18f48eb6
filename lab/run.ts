import { readArguments } from './arguments.ts';
import { STORY_SEED } from './draw/cluster.ts';
import { ended } from './ended.ts';
import { enterLab, isInside } from './inside.ts';
import { hasProduct } from './product.ts';
import { loadScenario, scenarioIds } from './scenarios.ts';
import { firstLines } from './story/first-lines.ts';
import { readRecording, recordedIds } from './story/recording.ts';
import { replayStage } from './story/replay.ts';
import { NEXT, tellStory } from './story/tell.ts';
import { type Allowed, labAllowed } from './world/allowed.ts';
import { COMPONENTS_VARIABLE } from './world/components.ts';

const MAIN_STORY = 'vxlan-vtep-mac-stale';
const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function list(): Promise<number> {
  const live = scenarioIds();
  const width = Math.max(...live.map(({ length }) => length));
  const recorded = new Map(recordedIds().map(({ fault, title }) => [fault, title]));
  for (const fault of live)
    print(`${fault.padEnd(width)} ${(await loadScenario(fault)).title.en}${recorded.has(fault) ? ' (recorded, too)' : ''}`);
  for (const [fault, title] of recorded) if (!live.includes(fault)) print(`${fault.padEnd(width)} ${title} (recorded)`);
  print(
    `\nnpm start -- NAME plays one; without a name it is ${MAIN_STORY}. Where no lab is allowed, those that are recorded are replayed.\nWith --real each has the real etcd, etcdctl and flanneld (npm run lab:install and lab/real/build.ts bring them).`,
  );
  return 0;
}

/** The live part is loaded only where it is played: what it stands on (koffi) need not be on every machine. */
async function live(fault: string, seed: string): Promise<number> {
  const { playLive }: typeof import('./story/play-live.ts') = await import(new URL('./story/play-live.ts', import.meta.url).href);
  const wrong = await playLive(fault, seed, print);
  print(NEXT);
  return wrong.length === 0 ? 0 : 1;
}

async function playRecorded(fault: string): Promise<number> {
  const wrong = await tellStory(replayStage(fault), print);
  print(NEXT);
  return wrong.length === 0 ? 0 : 1;
}

/** Whether the story is live, or why it is replayed. */
async function mayPlayLive(replay: boolean): Promise<Allowed> {
  if (replay) return { allowed: false, reason: 'asked for with --replay' };
  const because = process.env['LEADLINE_REPLAY'];
  return because === undefined || process.platform !== 'linux' ? labAllowed() : { allowed: false, reason: because };
}

async function main(args: readonly string[]): Promise<number> {
  const { words, value, flag } = readArguments(args, ['seed'], ['list', 'replay', 'real', 'help']);
  if (flag('help')) {
    print('npm start [-- FAULT] [--seed S] [--real] [--replay] [--list]');
    print('   --real      with the real etcd, etcdctl and flanneld; every story of the list plays with them');
    print('   --replay    from recorded captures, where there are some');
    return 0;
  }
  if (flag('list')) return list();
  if (flag('real')) process.env[COMPONENTS_VARIABLE] = 'real';
  const fault = words[0] ?? MAIN_STORY;
  if (isInside()) return live(fault, value('seed') ?? STORY_SEED);
  if (!hasProduct()) throw new Error('bin/leadline.js is not there');
  const allowed = await mayPlayLive(flag('replay'));
  if (!allowed.allowed) readRecording(fault); // says what is recorded before it says that it replays
  for (const line of firstLines(allowed)) print(line);
  return allowed.allowed ? enterLab(import.meta.url, args) : playRecorded(fault);
}

ended(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }),
);
