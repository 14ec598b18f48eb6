import { deleteConntrack } from '#actions/conntrack-entries/preview';
import type { Action } from '#change/change';
import { type ServedEndpoint, servedEndpoints } from '#dataplane/served-endpoints';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { withoutEndpoints } from './share.ts';
import { withoutNftEndpoints } from './share-nft.ts';
import type { Found } from './text.ts';

/** More entries than this are left to a person: one command forgets them all. */
const MOST_ENTRIES = 200;

/** Takes the endpoint out of every chain that has another one; forgets what is pinned to it. */
export function fix(found: Found, rules: readonly ServedEndpoint[], view: View): Plan {
  const { nodes } = found;
  const dead = new Set(rules.map(({ endpoint }) => endpoint));
  const named = found.endpoints.join(', ');
  const steps = withoutDead(dead, rules, servedEndpoints(view.facts));
  const forgotten = steps.length === 0 ? [] : nodes.flatMap((node) => pinned(node, dead, view));
  return {
    steps: [...steps, ...forgotten],
    ...(steps.length === 0 ? { manual: byIpvs(rules) ?? alone(named) } : {}),
    blast: {
      en: `new connections on ${nodes.join(', ')} go to the endpoints that are left; connections to ${named} are dead already`,
      zh: `${nodes.join('、')} 上的新连接只会分配给剩余后端；到 ${named} 的连接本已失效`,
    },
    lasting: {
      en: `kube-proxy writes it again with its next full sync, as long as the EndpointSlice names it: that is until the node is NotReady (its last heartbeat, renewed every 10 s, + 40 s grace, 50 s from 1.32, + up to 5 s), or at once by deleting the pod (\`kubectl delete pod --force --grace-period=0\`) or the dead Node. Against the next time: two nameservers (one Service for each CoreDNS replica) or a cache on each node, and readiness that fails before the pod does`,
      zh: `只要 EndpointSlice 里还有它，kube-proxy 下次全量同步就会写回：要等节点变为 NotReady（最后一次心跳（每 10 秒一次）+ 40 秒宽限期，1.32 起为 50 秒，再加最多 5 秒），或立即删除该 Pod（\`kubectl delete pod --force --grace-period=0\`）或失效的 Node。预防：为每个 CoreDNS 副本建独立 Service 并配置两个 nameserver，或在每个节点部署 DNS 缓存，并让就绪探针先于 Pod 失败`,
    },
  };
}

/** The steps that leave every chain with another endpoint to those. */
function withoutDead(dead: ReadonlySet<Ip>, rules: readonly ServedEndpoint[], all: readonly ServedEndpoint[]): readonly Action[] {
  const iptables = all.flatMap(({ by }) => (by.is === 'iptables' ? [by.rule] : []));
  const nft = all.flatMap(({ by }) => (by.is === 'nftables' ? [by.rule] : []));
  const chains = new Set(rules.flatMap(({ by }) => (by.is === 'ipvs' ? [] : [by.rule.chain])));
  return [...chains].flatMap((chain) => [
    ...withoutEndpoints(
      dead,
      iptables.filter((rule) => rule.chain === chain),
    ),
    ...withoutNftEndpoints(
      dead,
      nft.filter((rule) => rule.chain === chain),
    ),
  ]);
}

/** Virtual servers are changed by ipvsadm, which few nodes have; nothing where rules lead there. */
function byIpvs(rules: readonly ServedEndpoint[]): Plan['blast'] | undefined {
  const commands = rules.flatMap(({ by, node, endpoint }) => {
    const match = by.is === 'ipvs' && by.server.servers.length > 1 ? by.server.match : undefined;
    if (match === undefined || match.by !== 'address' || match.protocol === 'sctp') return [];
    const ports = by.is === 'ipvs' ? by.server.servers.filter(({ address }) => address === endpoint).map(({ port }) => port) : [];
    return ports.map(
      (port) => `ipvsadm -e -${match.protocol[0]} ${match.address}:${match.port} -r ${endpoint}:${port} -m -w 0   # ${node}`,
    );
  });
  if (commands.length === 0) return undefined;
  const listed = [...new Set(commands)].slice(0, 12).join('\n');
  return {
    en: `give the dead server weight 0, so that it gets no new connections:\n${listed}`,
    zh: `将失效后端的权重设为 0，不再分配新连接：\n${listed}`,
  };
}

/** Entries of a node's connection table whose answers would come from the endpoint; nothing where the node has no tool to delete them. */
function pinned(node: string, dead: ReadonlySet<Ip>, view: View): readonly Action[] {
  const table = view.seen('conntrack', onNode(node));
  if (table.is === 'gap') return [];
  const entries = table.value.filter(
    ({ reply, original, origin }) =>
      dead.has(reply.source) && original.destination !== reply.source && !origin.file.includes('nf_conntrack'),
  );
  return entries.length === 0 || entries.length > MOST_ENTRIES ? [] : [deleteConntrack(onNode(node), entries)];
}

const alone = (endpoint: string): Plan['blast'] => ({
  en: `${endpoint} is the only endpoint: without it the Service refuses everything. Start another replica elsewhere (\`kubectl delete pod --force\` lets its controller do so), or bring its machine back`,
  zh: `${endpoint} 是唯一的后端：摘除后该 Service 将拒绝所有连接。请在其他节点拉起副本（\`kubectl delete pod --force\` 后由控制器重建），或恢复其所在机器`,
});
