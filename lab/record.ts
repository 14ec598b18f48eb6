import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readArguments } from './arguments.ts';
import { drawCluster, STORY_SEED } from './draw/cluster.ts';
import { enterLab, isInside } from './inside.ts';
import { loadScenario, scenarioIds } from './scenarios.ts';
import { liveStage } from './story/live.ts';
import { type Recording, recordedFolder } from './story/replay.ts';
import type { Measured, Phase, Stage } from './story/stage.ts';
import { tellStory } from './story/tell.ts';
import { buildWorld } from './world/build.ts';
import { iptablesBackends } from './world/tools.ts';

/** A stage that remembers all that it shows. */
function recording(stage: Stage): { readonly stage: Stage; readonly recorded: () => Recording; readonly files: Map<string, string> } {
  const measured = new Map<Phase, Measured>();
  const archives = new Map<Phase, readonly string[]>();
  const files = new Map<string, string>();
  let mend: readonly string[] = [];
  const remember = async (said: Promise<readonly string[]>): Promise<readonly string[]> => (mend = await said);
  const of = <T>(map: ReadonlyMap<Phase, T>, phase: Phase): T => {
    const value = map.get(phase);
    if (value === undefined) throw new Error(`the story had no phase ${phase}`);
    return value;
  };
  const record = <T>(map: ReadonlyMap<Phase, T>) => ({ healthy: of(map, 'healthy'), broken: of(map, 'broken'), mended: of(map, 'mended') });
  return {
    files,
    recorded: () => ({ subject: stage.subject, measured: record(measured), mend, archives: record(archives) }),
    stage: {
      ...stage,
      measure: async (phase) => {
        const seen = await stage.measure(phase);
        measured.set(phase, seen);
        return seen;
      },
      capture: async (phase) => {
        const paths = await stage.capture(phase);
        const names = paths.map((path) => `${phase}/${basename(path)}`);
        paths.forEach((path, at) => {
          files.set(names[at] ?? path, path);
        });
        archives.set(phase, names);
        return paths;
      },
      mend: (finding, judged) => remember(stage.mend(finding, judged)),
      heal: () => remember(stage.heal()),
    },
  };
}

/** Plays one story live, and keeps it when all of it went as it must. */
async function recordOne(fault: string): Promise<readonly string[]> {
  const scenario = await loadScenario(fault);
  const world = await buildWorld(drawCluster(STORY_SEED, { ...scenario.needs, backends: iptablesBackends() }));
  try {
    const { stage, recorded, files } = recording(liveStage(world, scenario, scenario.play(world.cluster)));
    const wrong = await tellStory(stage, () => {});
    if (wrong.length > 0) return wrong;
    const folder = join(recordedFolder(), fault);
    rmSync(folder, { recursive: true, force: true });
    for (const [name, path] of files) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      cpSync(path, join(folder, name));
    }
    writeFileSync(join(folder, 'story.json'), `${JSON.stringify(recorded(), null, 1)}\n`);
    return [];
  } finally {
    await world.close();
  }
}

/** `npm run lab:record [FAULT…]`: records stories for where there is no lab; without names the main one, with --all every one. */
async function main(args: readonly string[]): Promise<number> {
  const { words, flag } = readArguments(args, [], ['all']);
  const wanted = flag('all') ? scenarioIds() : words.length > 0 ? words : ['vxlan-vtep-mac-stale'];
  let failed = 0;
  for (const fault of wanted) {
    const wrong = await recordOne(fault).catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    if (wrong.length > 0) failed += 1;
    process.stdout.write(`${wrong.length === 0 ? '✔' : '✘'} ${fault}${wrong.map((one) => `\n   ${one}`).join('')}\n`);
  }
  return failed === 0 ? 0 : 1;
}

process.exit(isInside() ? await main(process.argv.slice(2)) : await enterLab(import.meta.url, process.argv.slice(2)));
