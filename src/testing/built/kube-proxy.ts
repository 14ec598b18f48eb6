import type { BuiltCluster } from '../world-builder.ts';
import type { Bare } from './written.ts';

const BINARY = '/usr/local/bin/kube-proxy';

const flag = ({ shape }: BuiltCluster): string => `--cluster-cidr=${shape.network}`;

/** The process of kube-proxy in a built cluster, and the unit that started it. */
export const kubeProxyProcess = (built: BuiltCluster, unit: string | null = null): Bare<'process'> => ({
  pid: 812,
  name: 'kube-proxy',
  argv: [BINARY, flag(built)],
  startTicks: undefined,
  unit,
});

/** kube-proxy's unit in a built cluster, where no pod runs it. */
export const kubeProxyUnit = (built: BuiltCluster): Bare<'unit'> => ({
  name: 'kube-proxy.service',
  directives: new Map([['Service.ExecStart', [`${BINARY} ${flag(built)}`]]]),
  active: 'active',
  enabled: 'enabled',
  activeSinceMs: undefined,
});

/** A built cluster with kube-proxy's process on every node. */
export const withKubeProxy = (built: BuiltCluster): BuiltCluster =>
  built.nodes.reduce((now, { scope }) => now.put('process', scope, kubeProxyProcess(built)), built);
