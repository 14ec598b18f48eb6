import { drawCluster, STORY_SEED } from '../draw/cluster.ts';
import { enterLab, isInside } from '../inside.ts';
import { runLines, settle } from '../play/lines.ts';
import { captureAll, leadline } from '../product.ts';
import { loadScenario } from '../scenarios.ts';
import type { LabPod } from '../vocabulary.ts';
import { buildWorld } from '../world/build.ts';
import { iptablesBackends } from '../world/tools.ts';
import type { World } from '../world/world.ts';
import { packetsAt } from './packets.ts';

const NAME = 'kubernetes.default.svc.cluster.local.';
/** Enough at once that their shares tell a half from a quarter. */
const LOOKUPS = 128;
/** libuv lets look-ups have half of its threads (src/threadpool.c slow_work_thread_threshold): where all wait for the dead server, the next begins when one of them ends. */
const THREADS = 2 * LOOKUPS;

/** getaddrinfo of the machine's own libc for both families, many times at once; each prints what it got and when. */
const CLIENT = `
process.env.UV_THREADPOOL_SIZE = '${THREADS}';
const dns = require('node:dns');
for (let n = 0; n < ${LOOKUPS}; n++) {
  const began = performance.now();
  dns.lookup('${NAME}', { all: true }, (error) => console.log(JSON.stringify({ result: error ? error.code : 'answer', ms: performance.now() - began })));
}`;

/** Runs the client in a pod, with the pod's own resolv.conf in its place. */
function lookUp(world: World, { name, netns }: LabPod) {
  const line = `mount --bind /etc/netns/${netns}/resolv.conf /etc/resolv.conf && exec "$0" -e "$1"`;
  return world.exec({ pod: name }, 'unshare', ['--mount', 'sh', '-c', line, process.execPath, CLIENT]);
}

async function main(): Promise<number> {
  const scenario = await loadScenario('service-endpoint-dead');
  const world = await buildWorld(drawCluster(STORY_SEED, { backends: iptablesBackends() }));
  try {
    const { cluster } = world;
    const play = scenario.play(cluster);
    await runLines(world, play.break);
    await settle(world, 1);
    const pod = cluster.victim.pods[0];
    const packets = await packetsAt(world, { pod: pod.name }, pod.device, 'udp dst port 53');
    const [{ stdout, stderr }, archives] = await Promise.all([
      lookUp(world, pod),
      captureAll(world, '/run/lab/waiting', ['--looks', '1'], play.dead),
    ]);
    const lookups: unknown =
      stdout.trim() === ''
        ? stderr
        : stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
    const predict = ['dns', 'predict', ...archives, '--from', `${cluster.victim.name}/${pod.netns}`, '--name', NAME, '-o', 'json'];
    const predicted = await leadline(predict);
    process.stdout.write(JSON.stringify({ lookups, packets: await packets.seen(), predicted: JSON.parse(predicted.stdout) }));
    return 0;
  } finally {
    await world.close();
  }
}

process.exit(isInside() ? await main() : await enterLab(import.meta.url, []));
