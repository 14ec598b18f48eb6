import { setTimeout as wait } from 'node:timers/promises';
import type { Stage } from '../conform/stage/raise.ts';
import type { Dice } from '../draw/dice.ts';
import type { Daemon } from '../real/daemon.ts';
import { must } from '../world/command.ts';
import { iptablesBackends } from '../world/tools.ts';
import type { ControlPlane } from './control-plane.ts';
import { startKubeProxy } from './kube-proxy.ts';
import { API_ADDRESS, POD_RANGES, type Site } from './site.ts';

/** A node's kube-proxy as it was drawn. */
export type NodeProxy = {
  readonly node: string;
  readonly mode: 'iptables' | 'nftables';
  readonly backend: 'legacy' | 'nft';
  readonly daemon: Daemon;
  /** Starts it once more, once it was stopped. */
  readonly again: () => Daemon;
};

const SYNC_LIMIT_MS = 120_000;
const STILL_MS = 2000;

/** The cable by which nodes reach the API server, which runs in the namespace of this process. */
export async function cableToApi(stage: Stage, site: Site): Promise<void> {
  const ports = site.nodes.flatMap(({ name, number }) => [
    `link add api${number} type veth peer name api0 netns ${stage.name(name)}`,
    `link set api${number} master api up`,
  ]);
  const lines = ['link set lo up', 'link add api type bridge', `addr add ${API_ADDRESS}/24 dev api`, 'link set api up', ...ports];
  await must('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
  for (const { name, number } of site.nodes)
    await stage.shell(name, `ip addr add 172.31.0.${10 + number}/24 dev api0\nip link set api0 up`);
}

/** Starts the real kube-proxy on both nodes, the first in iptables mode, the second in nftables mode, and waits for its rules. */
export async function startProxies(
  dice: Dice,
  program: string,
  plane: ControlPlane,
  stage: Stage,
  site: Site,
  wanted?: 'legacy' | 'nft',
): Promise<readonly NodeProxy[]> {
  const kubeconfig = plane.kubeconfig('kube-proxy');
  const masqueradeAll = dice.roll(4) === 0;
  const proxies = site.nodes.map(({ name }, at): NodeProxy => {
    const mode = at === 0 ? 'iptables' : 'nftables';
    const backend = wanted ?? dice.pick(iptablesBackends());
    const more = { [mode]: { masqueradeAll } };
    const within = ['nsenter', `--net=${stage.path(name)}`];
    const how = {
      program,
      within,
      folder: '/run/kubernetes',
      node: name,
      mode,
      backend,
      kubeconfig,
      podRanges: POD_RANGES,
      more,
    } as const;
    return { node: name, mode, backend, daemon: startKubeProxy(how), again: () => startKubeProxy(how) };
  });
  await Promise.all(proxies.map((proxy) => synced(proxy, stage)));
  return proxies;
}

/** What a node's kube-proxy wrote, as its own tools show it. */
export async function rulesOf({ mode, backend, node }: NodeProxy, stage: Stage): Promise<string> {
  const tools = mode === 'nftables' ? ['nft list ruleset'] : ['', '6'].map((family) => `ip${family}tables-${backend}-save`);
  const shown = await Promise.all(tools.map((tool) => stage.shell(node, tool)));
  return shown.map(({ stdout }) => stdout).join('');
}

/** The first rules hold all Services; they are complete once they stay as they are: a busy machine takes its time between two families. */
async function synced(proxy: NodeProxy, stage: Stage): Promise<void> {
  const end = Date.now() + SYNC_LIMIT_MS;
  let [before, since] = ['', Date.now()];
  while (Date.now() < end && proxy.daemon.running()) {
    const now = (await rulesOf(proxy, stage)).replace(/^#.*$|\[\d+:\d+\]/gm, '');
    if (now !== before) [before, since] = [now, Date.now()];
    else if (now.includes('10.96.0.1') && Date.now() - since >= STILL_MS) return;
    await wait(150);
  }
  throw new Error(
    `kube-proxy of ${proxy.node} ${proxy.daemon.running() ? 'wrote no rules' : 'has ended'}: /run/kubernetes/kube-proxy-${proxy.node}.log`,
  );
}
