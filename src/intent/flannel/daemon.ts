import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { CLUSTER, onNode } from '#snapshot/scope';

/** The unit that runs flanneld on a node, where it was captured. */
export function flanneldUnit(facts: Facts, node: string): FactOf<'unit'> | undefined {
  const units = facts.seen('unit', onNode(node));
  return units.is === 'seen' ? units.value.find(({ name }) => /^flannel(d)?(\.service)?$/.test(name)) : undefined;
}

/** The running flanneld of a node, where it was captured. */
export function flanneldProcess(facts: Facts, node: string): FactOf<'process'> | undefined {
  const processes = facts.seen('process', onNode(node));
  return processes.is === 'seen' ? processes.value.find(({ name }) => name === 'flanneld') : undefined;
}

/** The pods of flannel's DaemonSets: `kube-flannel-ds-x7k2p`, of older manifests `kube-flannel-ds-amd64-x7k2p`. */
export const isFlannelPod = (name: string): boolean => /^kube-flannel-ds(-\w+)?-[a-z0-9]{5}$/.test(name);

/** The pod that runs flanneld on a node, where the API's objects were captured. */
export function flanneldPod(facts: Facts, node: string): FactOf<'pod'> | undefined {
  const pods = facts.seen('pod', CLUSTER);
  return pods.is === 'seen' ? pods.value.find((one) => one.node === node && isFlannelPod(one.name)) : undefined;
}

/** Whether flanneld runs on a node: `undefined` when neither its process nor its unit tells. */
export function flanneldRuns(facts: Facts, node: string): boolean | undefined {
  const processes = facts.seen('process', onNode(node));
  if (flanneldProcess(facts, node) !== undefined) return true;
  if (processes.is === 'seen' && processes.complete) return false;
  const active = flanneldUnit(facts, node)?.active;
  return active === undefined ? undefined : active === 'active';
}

/** A flag of flanneld (`-iface eth0`, `--iface=eth0`), from its process or else from its unit. */
export function flanneldFlag(facts: Facts, node: string, name: string): string | undefined {
  const argv = flanneldCommand(facts, node);
  return argv === undefined ? undefined : flagIn(argv, name);
}

/** A switch of flanneld (`-ip-masq`, `-ip-masq=false`); `undefined` where its command line was not captured. */
export function flanneldSwitch(facts: Facts, node: string, name: string, otherwise: boolean): boolean | undefined {
  const argv = flanneldCommand(facts, node);
  if (argv === undefined) return undefined;
  const word = argv.findLast((one) => one.replace(/^--?/, '').split('=')[0] === name && one.startsWith('-'));
  if (word === undefined) return otherwise;
  return !word.includes('=') || /=(1|t|T|true|TRUE|True)$/.test(word);
}

/** flanneld's command line: its process's, else its unit's. */
export const flanneldCommand = (facts: Facts, node: string): readonly string[] | undefined =>
  flanneldProcess(facts, node)?.argv ?? flanneldUnit(facts, node)?.directives?.get('Service.ExecStart')?.at(-1)?.split(/\s+/);

/** Go's flag syntax: one dash or two, the value behind `=` or in the next word. */
export function flagIn(argv: readonly string[], name: string): string | undefined {
  for (const [index, word] of argv.entries()) {
    const bare = word.replace(/^--?/, '');
    if (bare === word) continue;
    if (bare.startsWith(`${name}=`)) return bare.slice(name.length + 1);
    if (bare === name) return argv[index + 1];
  }
  return undefined;
}

/** How a node's flanneld reaches etcd, by its own flags. */
export type EtcdAccess = {
  readonly endpoints: readonly string[];
  readonly prefix: string;
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  /** Where etcd asks for one; the password is never captured. */
  readonly userName?: string;
};

/** The endpoints and certificates that flanneld itself uses; nothing where its command line was not captured. */
export function etcdAccess(facts: Facts, node: string): EtcdAccess | undefined {
  const endpoints = flanneldFlag(facts, node, 'etcd-endpoints');
  if (endpoints === undefined) return undefined;
  const userName = flanneldFlag(facts, node, 'etcd-username');
  return {
    endpoints: endpoints.split(','),
    prefix: flanneldFlag(facts, node, 'etcd-prefix') ?? '/coreos.com/network',
    caFile: flanneldFlag(facts, node, 'etcd-cafile') ?? null,
    certFile: flanneldFlag(facts, node, 'etcd-certfile') ?? null,
    keyFile: flanneldFlag(facts, node, 'etcd-keyfile') ?? null,
    ...(userName === undefined || userName === '' ? {} : { userName }),
  };
}
