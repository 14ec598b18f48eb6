import { closeSocket } from '#actions/socket-close/preview';
import type { Plan } from '#engine/plan';
import type { Looked } from '#sim/plane/connection/silence';
import type { Found } from './text.ts';

/** Closes exactly the dead ones. */
export function fix({ owner, node }: Found, dead: readonly Looked[]): Plan {
  const steps = dead.flatMap(({ scope, last: { local, remote } }) =>
    local.address === null || remote === null || remote.address === null
      ? []
      : [closeSocket(scope, 'tcp', { address: local.address, port: local.port }, { address: remote.address, port: remote.port })],
  );
  return {
    steps,
    blast: {
      en: `${owner} on ${node} loses requests that wait on this connection; they would get no answer anyway. Nothing is restarted`,
      zh: `${node} 上 ${owner} 在该连接上等待的请求会失败（它们本来也得不到应答），不重启任何进程`,
    },
    lasting: {
      en: 'the balancer must answer unknown flows with RST, or share its state with its peers; clients must notice by themselves: HTTP/2 PING (kubelet 1.20 and newer: HTTP2_READ_IDLE_TIMEOUT_SECONDS 30 + 15, safe is idle + ping + 10 s < node-monitor-grace-period), TCP_USER_TIMEOUT, and as the second best net.ipv4.tcp_retries2 = 8 on the node',
      zh: '负载均衡应对未知流回 RST，或在多台之间同步会话；客户端应能自行发现：HTTP/2 PING（kubelet 1.20 起：HTTP2_READ_IDLE_TIMEOUT_SECONDS 30+15，安全条件为 idle + ping + 10 秒 < node-monitor-grace-period）、TCP_USER_TIMEOUT，其次可在节点上设置 net.ipv4.tcp_retries2 = 8',
    },
  };
}
