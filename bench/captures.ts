import { spawnSync } from 'node:child_process';
import { snapshotOf } from '#collect/archive/archive';
import { captureNode } from '#collect/capture';
import { nodeWorld } from '#cli/node-world';
import { type Figure, medianMs } from './measure.ts';

const REPEATS = 3;

/** The capture of this machine, for each namespace that it reads; baseline: one `ip -j link`, which is one process. */
export async function captureFigures(): Promise<readonly Figure[] | string> {
  const world = nodeWorld();
  if (!world.isRoot) return 'capture time per namespace: skipped, only root may read the namespaces';
  const times: number[] = [];
  let namespaces = 1;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    const { index } = snapshotOf(await captureNode({ looks: 1, everySeconds: 1 }, 'bench', world));
    times.push(performance.now() - started);
    namespaces = new Set(index.entries.map(({ scope }) => scope.netns)).size;
  }
  const median = times.sort((one, other) => one - other)[Math.floor(REPEATS / 2)] ?? 0;
  const baseline = medianMs(() => spawnSync('ip', ['-j', 'link']), REPEATS);
  return [{ of: `capture, for each of ${namespaces} namespaces`, value: median / namespaces, unit: 'ms', baseline }];
}
