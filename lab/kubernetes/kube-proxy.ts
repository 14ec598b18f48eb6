import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, startDaemon } from '../real/daemon.ts';
import { iptablesProgram } from '../world/tools.ts';

/** How one node's kube-proxy is to run. */
export type Wanted = {
  readonly program: string;
  /** How its network namespace is entered. */
  readonly within: readonly string[];
  readonly folder: string;
  readonly node: string;
  readonly mode: 'iptables' | 'nftables';
  /** Which iptables it finds. */
  readonly backend: 'legacy' | 'nft';
  readonly kubeconfig: string;
  readonly podRanges: readonly string[];
  /** More of its configuration, as written in KubeProxyConfiguration. */
  readonly more?: Readonly<Record<string, unknown>>;
};

/** Starts the real kube-proxy of a node. */
export function startKubeProxy({ program, within, folder, node, mode, backend, kubeconfig, podRanges, more = {} }: Wanted): Daemon {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, `kube-proxy-${node}.json`);
  const configuration = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode,
    hostnameOverride: node,
    clientConnection: { kubeconfig },
    clusterCIDR: podRanges.join(','),
    // these settings are the whole machine's: in a namespace they cannot be written
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    ...more,
  };
  writeFileSync(config, JSON.stringify(configuration));
  const env = { PATH: `${backendFolder(folder, backend)}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  return startDaemon([...within, program, 'kube-proxy', `--config=${config}`, '-v=2'], join(folder, `kube-proxy-${node}.log`), env);
}

/** A folder in which `iptables` is of that backend. */
function backendFolder(folder: string, backend: 'legacy' | 'nft'): string {
  const bin = join(folder, `bin-${backend}`);
  const program = iptablesProgram(backend);
  if (program === undefined) throw new Error(`this machine has no iptables of the ${backend} backend`);
  try {
    mkdirSync(bin);
  } catch {
    return bin; // made for another node already
  }
  for (const family of ['', '6']) for (const name of ['', '-save', '-restore']) symlinkSync(program, join(bin, `ip${family}tables${name}`));
  return bin;
}
