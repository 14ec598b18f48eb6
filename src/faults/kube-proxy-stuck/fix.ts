import type { Plan } from '#engine/plan';
import { startKubeProxy } from '#engine/plans/kube-proxy-start';
import type { Found } from './text.ts';

/** A start of kube-proxy lists everything anew and writes all of its rules. */
export const fix = ({ node, unit }: Found): Plan => ({
  ...startKubeProxy(node, unit),
  lasting: {
    en: 'find why it stood still: its log, the connection to the API server (`leadline diagnose` tells a half-open one), CPU and memory limits of its pod, the xtables lock; watch kubeproxy_sync_proxy_rules_last_timestamp_seconds against …_last_queued_timestamp_seconds, which its /healthz on port 10256 compares too',
    zh: '查清停滞原因：kube-proxy 日志、到 API Server 的连接（leadline diagnose 可识别半开连接）、Pod 的 CPU/内存限制、xtables 锁；监控 kubeproxy_sync_proxy_rules_last_timestamp_seconds 与 …_last_queued_timestamp_seconds 的差距（10256 端口的 /healthz 也做此比较）',
  },
});
