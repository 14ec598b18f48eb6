import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { drawCluster } from '../draw/cluster.ts';
import { enterLab, isInside } from '../inside.ts';
import { settle } from '../play/lines.ts';
import { matrixOf, matrixProbes } from '../story/matrix.ts';
import type { Line } from '../vocabulary.ts';
import { onEtcd, onNode } from '../vocabulary.ts';
import { buildWorld } from '../world/build.ts';
import { measureIn } from '../world/measure.ts';
import { iptablesBackends } from '../world/tools.ts';
import type { World } from '../world/world.ts';

const OLD = '02:de:ad:00:41:01';
const SLOW_SECONDS = 1.5;
/** Ends when flanneld has seen that its rules are gone, which it looks for every five seconds. */
const REPAIRED =
  'for i in $(seq 100); do iptables -S FLANNEL-FWD | grep -q ACCEPT && iptables -t nat -S FLANNEL-POSTRTG | grep -q MASQUERADE && break; sleep 0.3; done';
/** A state that stays for so many looks is what a step leads to; on a busy machine a real flanneld works in pauses. */
const [SAME_LOOKS, LOOK_EVERY_MS, MOST_LOOKS] = [4, 500, 40];
const FOREIGN = '192.0.2.1';

/** A flannel's life in steps: an old MAC, restarts on both sides, a lost lease, a repaired rule, what is not repaired. */
function steps({ cluster: { victim, peer } }: World): Readonly<Record<string, readonly Line[]>> {
  const device = victim.vtep.device;
  const stale = victim.leaseValue.replace(victim.vtep.mac, OLD);
  return {
    healthy: [],
    'the lease of the victim gets an old MAC': [onEtcd(`etcdctl put --lease=${victim.leaseId} ${victim.leaseKey} '${stale}'`)],
    'flanneld restarts on a peer': [onNode(peer, 'systemctl restart flanneld')],
    'flanneld restarts on the victim': [onNode(victim, 'systemctl restart flanneld')],
    'the lease is deleted': [onEtcd(`etcdctl del ${victim.leaseKey}`)],
    'flanneld starts on the victim': [onNode(victim, 'systemctl start flanneld')],
    'a neighbour and a route are deleted by hand': [
      onNode(peer, `ip neigh del ${victim.vtepAddress} dev ${device}`),
      onNode(peer, `ip route del ${victim.subnet}`),
    ],
    'flanneld restarts there': [onNode(peer, 'systemctl restart flanneld')],
    'its rules are flushed': [onNode(peer, 'iptables -t nat -F FLANNEL-POSTRTG; iptables -F FLANNEL-FWD'), onNode(peer, REPAIRED)],
    "others' rules stand behind its own, and FORWARD drops": [
      onNode(peer, `iptables -A FORWARD -s ${FOREIGN} -j ACCEPT`),
      onNode(peer, `iptables -t nat -A POSTROUTING -s ${FOREIGN} -j ACCEPT`),
      onNode(peer, 'iptables -P FORWARD DROP'),
    ],
    'flanneld restarts where they are': [onNode(peer, 'systemctl restart flanneld')],
  };
}

/** The state of a node that flanneld is responsible for, in lines that do not depend on time or order. */
async function stateOf({ run }: World, name: string): Promise<readonly string[]> {
  const line =
    'ip neigh show nud permanent; for d in /sys/class/net/flannel.*; do bridge fdb show dev ${d##*/}; done; ip route; cat /run/flannel/subnet.env; iptables-save; systemctl is-active flanneld';
  const { stdout } = await run({ at: { node: name }, run: line });
  return stdout
    .split('\n')
    .map((text) => text.trim().replace(/\[\d+:\d+\]/, ''))
    .filter((text) => !text.startsWith('#') && !/^(inactive|failed)$/.test(text))
    .sort();
}

type States = { readonly leases: string; readonly nodes: Readonly<Record<string, readonly string[]>> };

async function statesOf(world: World): Promise<States> {
  const nodes = await Promise.all(world.cluster.nodes.map(async (node) => [node.name, await stateOf(world, node.name)] as const));
  const { stdout: leases } = await world.run({ at: 'etcd', run: `etcdctl get ${world.cluster.etcd.prefix} --prefix` });
  return { leases, nodes: Object.fromEntries(nodes) };
}

/** What every node looks like when nothing moves any more. */
async function settled(world: World, step: string): Promise<States> {
  await settle(world, SLOW_SECONDS);
  let [last, same] = [await statesOf(world), 1];
  for (let looks = 1; looks < MOST_LOOKS && same < SAME_LOOKS; looks++) {
    await setTimeout(LOOK_EVERY_MS);
    const now = await statesOf(world);
    same = isDeepStrictEqual(now, last) ? same + 1 : 1;
    last = now;
  }
  if (same < SAME_LOOKS)
    throw new Error(`after "${step}" the nodes' states were never the same ${SAME_LOOKS} times in ${MOST_LOOKS} looks`);
  return last;
}

async function tellStates(): Promise<number> {
  const world = await buildWorld(drawCluster('states', { backends: iptablesBackends() }));
  const told: Record<string, unknown> = {};
  for (const [name, lines] of Object.entries(steps(world))) {
    for (const line of lines) await world.run(line);
    const states = await settled(world, name);
    told[name] = { reach: matrixOf(world.cluster, await measureIn(world, matrixProbes(world.cluster))), ...states };
  }
  // flanneld puts its jumps behind everything else when it starts
  const chains = await world.run(onNode(world.cluster.peer, 'iptables -S FORWARD; iptables -t nat -S POSTROUTING'));
  told['the order of the rules'] = chains.stdout;
  // what is more than a pipe holds must be out before this process ends
  await new Promise((resolve) => process.stdout.write(JSON.stringify(told), resolve));
  await world.close();
  return 0;
}

process.exit(isInside() ? await tellStates() : await enterLab(import.meta.url, []));
