import { keepSysctl, setSysctl } from '#actions/sysctl/preview';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

const SETTING = 'net.ipv4.vs.expire_quiescent_template';

/** Lets a client's choice end with its server, now and after the next boot. */
export const fix = ({ node, servers, kept }: Found, { facts }: View): Plan => ({
  steps: [setSysctl(onNode(node), SETTING, '1'), ...(kept ? [] : [keepSysctl(facts, node, SETTING, '1')])],
  blast: {
    en: `on ${node} new connections of kept clients leave every server of weight 0, those that are still draining too; open connections stay`,
    zh: `${node} 上被会话保持的客户端，其新连接不再去往任何权重为 0 的后端（包括仍在排空的后端）；已建立的连接不受影响`,
  },
  lasting: {
    en: `kube-proxy in IPVS mode sets it when it starts (from 1.14): find what set it back, \`grep -r ipv4.vs /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d\`, another balancer, a kube-proxy that may not write sysctls. Without it ${servers.join(', ')} can be taken out by hand: \`ipvsadm -d\` ends what is kept there at once`,
    zh: `IPVS 模式的 kube-proxy（1.14 起）启动时会设置它：查清是谁改了回来，\`grep -r ipv4.vs /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d\`、其他负载均衡程序、没有权限写 sysctl 的 kube-proxy。也可以手工摘除 ${servers.join('、')}：\`ipvsadm -d\` 会立即结束到它的会话保持`,
  },
});
