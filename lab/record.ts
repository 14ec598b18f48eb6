import { join } from 'node:path';
import { readArguments } from './arguments.ts';
import { drawCluster, STORY_SEED } from './draw/cluster.ts';
import { enterLab, isInside } from './inside.ts';
import { loadScenario, scenarioIds } from './scenarios.ts';
import { liveStage } from './story/live.ts';
import { recordedFolder, writeRecording } from './story/recording.ts';
import { remembering } from './story/remember.ts';
import { tellStory } from './story/tell.ts';
import { buildWorld } from './world/build.ts';
import { iptablesBackends } from './world/tools.ts';

/** The main story's captures are also the README's and the tests' example files. */
const EXAMPLE = 'vxlan-vtep-mac-stale';

/** What stands for the rest where there is no lab: both waiting lines, a node, a filter, a pod, an MTU. */
const RECORDED: readonly string[] = [
  EXAMPLE,
  'service-endpoint-dead',
  'connection-half-open',
  'forward-policy-drop',
  'mtu-black-hole',
  'pod-bridge-outside-lease',
];

/** Plays one story live, and keeps it when all of it went as it must. */
async function recordOne(fault: string, folder: string): Promise<readonly string[]> {
  const scenario = await loadScenario(fault);
  const world = await buildWorld(drawCluster(STORY_SEED, { ...scenario.needs, backends: iptablesBackends() }));
  try {
    const { stage, recorded, files } = remembering(liveStage(world, scenario, scenario.play(world.cluster)));
    const wrong = await tellStory(stage, () => {});
    if (wrong.length === 0) writeRecording(join(folder, fault), recorded(), files, fault !== EXAMPLE);
    return wrong;
  } finally {
    await world.close();
  }
}

/** `npm run lab:record [FAULT…] [--out DIR]`: records stories for where there is no lab; without names those that are kept, with --all every one. */
async function main(args: readonly string[]): Promise<number> {
  const { words, value, flag } = readArguments(args, ['out'], ['all']);
  const wanted = flag('all') ? scenarioIds() : words.length > 0 ? words : RECORDED;
  let failed = 0;
  for (const fault of wanted) {
    const recorded = recordOne(fault, value('out') ?? recordedFolder());
    const wrong = await recorded.catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    if (wrong.length > 0) failed += 1;
    process.stdout.write(`${wrong.length === 0 ? '✔' : '✘'} ${fault}${wrong.map((one) => `\n   ${one}`).join('')}\n`);
  }
  return failed === 0 ? 0 : 1;
}

process.exit(isInside() ? await main(process.argv.slice(2)) : await enterLab(import.meta.url, process.argv.slice(2)));
