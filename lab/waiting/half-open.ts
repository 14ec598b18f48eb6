import { drawCluster, STORY_SEED } from '../draw/cluster.ts';
import { enterLab, isInside } from '../inside.ts';
import { runLines } from '../play/lines.ts';
import { captureAll, leadline, mendOn } from '../product.ts';
import { loadScenario } from '../scenarios.ts';
import { readDiagnosis } from '../story/verdict.ts';
import type { LabNode } from '../vocabulary.ts';
import { buildWorld } from '../world/build.ts';
import { must } from '../world/command.ts';
import { iptablesBackends } from '../world/tools.ts';
import type { World } from '../world/world.ts';
import { packetsAt } from './packets.ts';

const FOLDER = '/run/lab/waiting';
const FAULT = 'connection-half-open';
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Keeps one connection and writes over it; when the kernel says that it is gone, connects anew, and ends at the first answer. */
const client = (remote: string): string => `
const net = require('node:net');
const [host, port] = '${remote}'.split(':');
const say = (it) => console.log(JSON.stringify({ at: Date.now(), ...it }));
const go = (turn) => {
  const began = Date.now();
  const socket = net.connect(Number(port), host, () => socket.write('heartbeat'));
  const beat = setInterval(() => socket.write('heartbeat'), 300);
  socket.on('data', () => turn > 0 && (say({ answeredAfter: Date.now() - began }), process.exit(0)));
  socket.on('error', ({ code }) => say({ code }));
  socket.on('close', () => (clearInterval(beat), go(turn + 1)));
};
setTimeout(() => process.exit(0), 60_000);
go(0);`;

/** What a client said when its connection was gone, and when the next one answered. */
async function clientOn(world: World, node: LabNode, remote: string): Promise<readonly { readonly at: number }[]> {
  const { stdout } = await world.exec({ node: node.name }, process.execPath, ['-e', client(remote)], 80_000);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

/** The node's sockets as they were looked at last, and when by the capture's own record. */
async function lastLook(archive: string): Promise<{ readonly at: number; readonly sockets: string }> {
  const part = (file: string): Promise<string> => must('tar', ['-xzOf', archive, file]);
  const index: { entries: { argv: string[]; ended: number; file: string; scope: { netns: string } }[] } = JSON.parse(
    await part('leadline.json'),
  );
  const looks = index.entries.filter(({ argv, scope }) => argv[0] === 'ss' && scope.netns === '');
  const last = looks.reduce((latest, one) => (one.ended > latest.ended ? one : latest));
  return { at: last.ended, sockets: await part(last.file) };
}

async function measure(world: World) {
  const { cluster } = world;
  const { victim, peer } = cluster;
  const play = (await loadScenario(FAULT)).play(cluster);
  const remote = play.expect.subject.split('→')[1] ?? '';
  // all before the scenario's own client, then, with the clients of this test, what comes after it
  await runLines(world, play.break.slice(0, -5));
  await runLines(world, [{ at: { node: victim.name }, run: 'sysctl -w net.ipv4.tcp_retries2=5' }]);
  const packets = await packetsAt(world, { node: victim.name }, victim.uplink, `tcp dst port ${remote.split(':')[1]}`);
  const clients = [victim, peer].map((node) => clientOn(world, node, remote));
  const [connected, takeover, telnet] = play.break.slice(-4);
  if (connected === undefined || takeover === undefined || telnet === undefined) throw new Error('the scenario has another shape');
  await Promise.all([victim, peer].map(({ name }) => runLines(world, [{ ...connected, at: { node: name } }])));
  const lostAt = Date.now();
  await runLines(world, [takeover, telnet, { ...telnet, at: { node: peer.name } }]);
  await pause(4);
  const others = cluster.nodes.map(({ name }) => name).filter((name) => name !== victim.name && name !== peer.name);
  const archives = await captureAll(world, FOLDER, ['--looks', '2', '--every', '0.3'], others);
  const { stdout } = await leadline(['diagnose', ...archives, '-o', 'json']);
  const onPeer = readDiagnosis(stdout).findings.find(({ fault, subject }) => fault === FAULT && subject.includes(`/${peer.name}/`));
  const mended = onPeer === undefined ? [] : await mendOn(world, onPeer, archives);
  const looked = await lastLook(archives.find((path) => path.endsWith(`/${victim.name}.tar.gz`)) ?? '');
  const [told = [], relieved = []] = await Promise.all(clients);
  return { lostAt, looked, diagnosis: JSON.parse(stdout), told, relieved, mended, packets: await packets.seen() };
}

type Measured = Awaited<ReturnType<typeof measure>>;

/** A machine may be so busy that the look comes when the kernel has given the connection up already: that is no measurement. */
const TRIES = 3;
const cameTooLate = ({ looked, told }: Measured): boolean => looked.at >= (told[0]?.at ?? Number.POSITIVE_INFINITY);

async function measureAnew(): Promise<Measured> {
  const world = await buildWorld(drawCluster(STORY_SEED, { backends: iptablesBackends() }));
  try {
    return await measure(world);
  } finally {
    await world.close();
  }
}

async function main(): Promise<number> {
  let measured = await measureAnew();
  for (let left = TRIES - 1; left > 0 && cameTooLate(measured); left--) measured = await measureAnew();
  process.stdout.write(JSON.stringify(measured));
  return 0;
}

process.exit(isInside() ? await main() : await enterLab(import.meta.url, []));
