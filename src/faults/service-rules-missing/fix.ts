import type { Plan } from '#engine/plan';
import { startKubeProxy } from '#engine/plans/kube-proxy-start';
import type { Found } from './text.ts';

/** A start of kube-proxy writes all of its rules anew. */
export const fix = ({ node, unit }: Found): Plan => ({
  ...startKubeProxy(node, unit),
  lasting: {
    en: 'find what flushed them: `firewall-cmd --reload`, `systemctl restart iptables`, a hand-typed `iptables -F`, `iptables-restore` from a saved file; in nftables mode `systemctl restart nftables` or `nft -f /etc/nftables.conf`, which begins with `flush ruleset`; kube-proxy itself notices only when its canary chain KUBE-PROXY-CANARY is gone, and else writes everything again once an hour',
    zh: '查清是谁清空了规则：`firewall-cmd --reload`、`systemctl restart iptables`、手工 `iptables -F`、从文件 `iptables-restore`；nftables 模式下还有 `systemctl restart nftables` 或 `nft -f /etc/nftables.conf`（以 `flush ruleset` 开头）；只有 KUBE-PROXY-CANARY 链消失时 kube-proxy 才会察觉，否则每小时才全量重写一次',
  },
});
