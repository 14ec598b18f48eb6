import type { FactOf } from '#facts/kinds';
import { readJson } from '../document.ts';
import { type Lease, leaseValue } from '../flannel.ts';

const PREFIX = 'flannel.alpha.coreos.com/';

/** The lease that flannel keeps in a Node's annotations when it runs with the Kubernetes store; nothing without them. */
export function leaseOfNode(node: FactOf<'node'>): Lease | undefined {
  const read = (name: string): string | undefined => node.annotations?.[PREFIX + name];
  const subnet = node.podCidrs.find((prefix) => !prefix.includes(':'));
  const [publicIp, backend, data] = [read('public-ip'), read('backend-type'), read('backend-data')];
  if (subnet === undefined || (publicIp === undefined && backend === undefined)) return undefined;
  const parsed = data === undefined || data === 'null' ? undefined : readJson(data);
  const value = leaseValue({
    PublicIP: publicIp,
    BackendType: backend,
    BackendData: parsed !== undefined && 'value' in parsed ? parsed.value : undefined,
  });
  const { origin } = node;
  return {
    subnet,
    store: { in: 'node', node: node.name },
    ...value,
    etcdLease: undefined,
    ttlSeconds: undefined,
    modRevision: undefined,
    value: data,
    origin,
  };
}
