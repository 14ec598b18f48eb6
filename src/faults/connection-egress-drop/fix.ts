import type { Deadly } from '#engine/deadly';
import type { Plan } from '#engine/plan';
import { openedRule } from '#engine/plans/opened-rule';
import type { Scope } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Takes the rule away; what waits is sent by itself. */
export function fix({ node, owner, rule }: Found, scope: Scope, placed: Deadly): Plan {
  return {
    steps: [openedRule(scope, placed)],
    blast: {
      en: `${owner} on ${node} sends what waits; whatever else the rule was meant to stop leaves, too: ${rule}`,
      zh: `${node} 上的 ${owner} 会继续发送滞留数据；该规则原本拦截的其他流量也会放行：${rule}`,
    },
    lasting: {
      en: 'find out who wrote it (shell history, a security agent, a saved rule file) before it is written again; a client that pings its peer (HTTP/2 PING, TCP_USER_TIMEOUT) gives such a connection up by itself',
      zh: '查明规则来源（shell 历史、安全 agent、保存的规则文件），避免再次写入；客户端若启用 HTTP/2 PING 或 TCP_USER_TIMEOUT，可自行放弃此类连接',
    },
  };
}
