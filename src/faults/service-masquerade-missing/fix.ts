import type { Plan } from '#engine/plan';
import { startKubeProxy } from '#engine/plans/kube-proxy-start';
import type { Found } from './text.ts';

/** A start of kube-proxy writes its marks and what masquerades them anew. */
export const fix = ({ node, unit }: Found): Plan => ({
  ...startKubeProxy(node, unit),
  lasting: {
    en: 'find what took it away: a hand-typed `iptables -t nat -F POSTROUTING`, `iptables-restore` from a saved file, a firewall that owns the table; two kube-proxies, or a kubelet before 1.28, with another --iptables-masquerade-bit',
    zh: '查清是谁删除的：手工 `iptables -t nat -F POSTROUTING`、从文件 `iptables-restore`、接管 nat 表的防火墙；或两个 kube-proxy（或 1.28 之前的 kubelet）的 --iptables-masquerade-bit 不一致',
  },
});
