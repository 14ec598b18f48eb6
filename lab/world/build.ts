import { existsSync, mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { objectsOf } from '../api/objects.ts';
import { OBJECTS_FILE, writeObjects } from '../stand-ins/kubectl/store.ts';
import type { Cluster, Line, Place } from '../vocabulary.ts';
import { must, type Ran, run } from './command.ts';
import { layEtcTemplate } from './etc-template.ts';
import { type Machine, machineEnvironment, startMachine } from './machine.ts';
import { switchLinks } from './node-links.ts';
import { ETC_TEMPLATE, SHARED, etcdScript, nodeScript, switchScript } from './node-script.ts';
import { type Holders, locate, nsenterArgs } from './place.ts';
import { iptablesProgram } from './tools.ts';
import { askedComponents, type Components, programsOf } from './components.ts';
import { followReal } from './follow-real.ts';
import { startServices } from './services.ts';
import type { World } from './world.ts';

/** Names that the two machines beside the nodes go by. */
const SWITCH = 'switch';
const ETCD = 'etcd';

/** Builds a drawn cluster out of namespaces. To be called inside guarded namespaces only. */
export async function buildWorld(cluster: Cluster, components: Components = askedComponents()): Promise<World> {
  const started = performance.now();
  const program = iptablesProgram(cluster.iptables);
  if (program === undefined) throw new Error(`this machine has no iptables of the ${cluster.iptables} backend`);
  if (!existsSync(ETC_TEMPLATE)) layEtcTemplate(ETC_TEMPLATE);

  shareObjects(cluster);
  const names = [SWITCH, ETCD, ...cluster.nodes.map(({ name }) => name)];
  const machines = new Map(await Promise.all(names.map(async (name) => [name, await startMachine(name)] as const)));
  const close = async (): Promise<void> => {
    await Promise.all([...machines.values()].map((machine) => machine.kill()));
  };
  try {
    const holders = holdersOf(cluster, machines);
    await wire(cluster, machines, holders, program, components);
    const services = startServices(cluster, holders);
    const world = worldOf(cluster, holders, components, async () => {
      services.close();
      await close();
    });
    const up = components === 'real' ? { ...world, cluster: await followReal(world) } : world;
    return { ...up, upMs: Math.round(performance.now() - started) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The API's objects lie in one file that all machines see. */
function shareObjects(cluster: Cluster): void {
  mkdirSync(SHARED, { recursive: true });
  writeObjects(objectsOf(cluster), `${SHARED}/${basename(OBJECTS_FILE)}`);
}

function get(machines: ReadonlyMap<string, Machine>, name: string): Machine {
  const machine = machines.get(name);
  if (machine === undefined) throw new Error(`no machine ${name}`);
  return machine;
}

function holdersOf(cluster: Cluster, machines: ReadonlyMap<string, Machine>): Holders {
  return {
    switch: get(machines, SWITCH).pid,
    etcd: get(machines, ETCD).pid,
    nodes: new Map(cluster.nodes.map(({ name }) => [name, get(machines, name).pid])),
  };
}

/** Cables first, for a node's script needs its uplink; then every machine at once. */
async function wire(
  cluster: Cluster,
  machines: ReadonlyMap<string, Machine>,
  holders: Holders,
  program: string,
  components: Components,
): Promise<void> {
  const programs = programsOf(components);
  const input = `${switchLinks(cluster, holders).join('\n')}\n`;
  await must('nsenter', [`--net=/proc/${holders.switch}/ns/net`, 'ip', '-batch', '-'], { input });
  await Promise.all([
    get(machines, SWITCH).finish(switchScript()),
    get(machines, ETCD).finish(etcdScript(cluster, programs)),
    ...cluster.nodes.map((node) => get(machines, node.name).finish(nodeScript(cluster, node, program, programs))),
  ]);
}

function worldOf(cluster: Cluster, holders: Holders, components: Components, close: () => Promise<void>): World {
  const exec = (at: Place, program: string, args: readonly string[], timeoutMs = 30_000): Promise<Ran> =>
    run('nsenter', [...nsenterArgs(locate(at, cluster, holders)), program, ...args], { timeoutMs, env: machineEnvironment() });
  return {
    cluster,
    holders,
    components,
    upMs: 0,
    exec,
    run: ({ at, run: line }: Line, timeoutMs) => exec(at, 'sh', ['-c', line], timeoutMs),
    close,
  };
}
