import { spawnSync } from 'node:child_process';
import { captureNode } from '#collect/capture';
import type { World } from '#world/world';
import { namespaceWorld } from '#testing/namespace-world';
import { type Figure, medianMs } from './measure.ts';

const REPEATS = 3;
/** What a node of Kubernetes has at most, unless somebody asks for more. */
const PODS = [10, 110];

/** A node with so many pods on one bridge. */
const setup = (pods: number): string => `
ip link add cni0 type bridge && ip addr add 10.7.0.1/24 dev cni0 && ip link set cni0 up
for n in $(seq 1 ${pods}); do
  ip netns add pod$n
  echo "link add veth$n type veth peer name eth0 netns pod$n
link set veth$n master cni0 up" | ip -batch -
  echo "link set lo up
addr add 10.7.0.$((n + 1))/24 dev eth0
link set eth0 up
route add default via 10.7.0.1" | ip -n pod$n -batch -
done`;

/** A capture of a node with few pods and one with many, in namespaces of their own; baseline: an `ip -j link` for each pod. */
export async function captureFigures(): Promise<readonly Figure[] | string> {
  const figures: Figure[] = [];
  const one = medianMs(() => spawnSync('ip', ['-j', 'link']), REPEATS);
  for (const pods of PODS) {
    const world = await namespaceWorld();
    if (world === undefined) return 'capture time: skipped, this machine allows no namespaces of an own';
    try {
      await world.setup(setup(pods));
      figures.push({ of: `capture of a node with ${pods} pods`, value: await captured(world, pods), unit: 'ms', baseline: one * pods });
    } finally {
      await world.close();
    }
  }
  const [few, many] = figures;
  const each = ((many?.value ?? 0) - (few?.value ?? 0)) / ((PODS[1] ?? 0) - (PODS[0] ?? 0));
  return [...figures, { of: 'the same, for each further pod', value: each, unit: 'ms', baseline: one }];
}

/** The median time of one look at everything; what else runs on the machine is not in it. */
async function captured(world: World, pods: number): Promise<number> {
  const alone = ['unshare', '--pid', '--fork', '--mount-proc', '--'];
  const node: World = { ...world, run: (argv, options) => world.run([...alone, ...argv], options) };
  const times: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    const { index } = await captureNode({ node: 'bench', looks: 1, everySeconds: 1 }, 'bench', node);
    times.push(performance.now() - started);
    const seen = new Set(index.entries.map(({ scope }) => scope.netns)).size - 1;
    if (seen !== pods) throw new Error(`${seen} pods were captured, not ${pods}`);
  }
  return times.sort((own, other) => own - other)[Math.floor(REPEATS / 2)] ?? 0;
}
