import { drawCluster } from '../draw/cluster.ts';
import { loadScenario } from '../scenarios.ts';
import { buildWorld } from '../world/build.ts';
import { iptablesBackends } from '../world/tools.ts';
import { liveStage } from './live.ts';
import { tellStory } from './tell.ts';

/** Builds a cluster, and tells the story of one fault in it; the answer is what did not go as it must. */
export async function playLive(fault: string, seed: string, print: (text: string) => void): Promise<readonly string[]> {
  const scenario = await loadScenario(fault);
  const cluster = drawCluster(seed, { ...scenario.needs, backends: iptablesBackends() });
  const world = await buildWorld(cluster);
  try {
    return await tellStory(liveStage(world, scenario, scenario.play(world.cluster)), print);
  } finally {
    await world.close();
  }
}
