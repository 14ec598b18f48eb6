import { portText } from '../kube-proxy/fronts.ts';
import { memoised } from '#dataplane/memo';
import { podNamespaces } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import { base32, sha256 } from '#net/sha256';
import { CLUSTER } from '#snapshot/scope';
import { calicoChains } from './calico-chains.ts';
import type { Behind } from './owned.ts';

/** What stands behind a chain by its name alone: kube-proxy and Calico name theirs by hashes of what they are for. */
export function behindChain(facts: Facts, chain: string, node: string): readonly Behind[] {
  const [, prefix, hash] = /^KUBE-(SVC|SVL|EXT|FW|XLB|SEP)-([A-Z2-7]{16})$/.exec(chain) ?? [];
  if (prefix !== undefined && hash !== undefined)
    return prefix === 'SEP' ? endpointBehind(facts, hash) : (portHashes(facts).get(hash) ?? []);
  const [, device] = /^cali-(?:tw|fw|th|fh|sm)-(.+)$/.exec(chain) ?? [];
  if (device !== undefined) return podOfDevice(facts, node, device);
  if (/^cali-(pi|po|pri|pro)-/.test(chain)) return calicoChains(facts).get(chain) ?? [];
  return [];
}

const HASHED = 16;
const hashed = (text: string): string => base32(sha256(text)).slice(0, HASHED);

/** Service ports by the hash of `ns/name:port` and protocol (pkg/proxy/iptables, portProtoHash). */
const portHashes = memoised((facts: Facts): ReadonlyMap<string, readonly Behind[]> => {
  const services = facts.seen('service', CLUSTER);
  const all = (services.is === 'gap' ? [] : services.value).flatMap((service) =>
    service.ports.flatMap((port) => {
      if (port.name === undefined) return [];
      const name = portText(service, port.name);
      const because = `the chain's name is the hash of ${name} and ${port.protocol.toLowerCase()}`;
      return [[hashed(`${name}${port.protocol.toLowerCase()}`), [{ kind: 'Service', name, because, origin: service.origin }]] as const];
    }),
  );
  return new Map(all as readonly (readonly [string, readonly Behind[]])[]);
});

/** Endpoints by the hash of their Service port, protocol and `address:port`. */
const endpointHashes = memoised((facts: Facts): ReadonlyMap<string, readonly Behind[]> => {
  const slices = facts.seen('endpoints', CLUSTER);
  const all = new Map<string, readonly Behind[]>();
  for (const { namespace, service, ports, addresses, origin } of slices.is === 'gap' ? [] : slices.value) {
    for (const { name, protocol, port } of ports) {
      const text = portText({ namespace, name: service }, name);
      for (const { address, pod } of port === null ? [] : addresses) {
        const endpoint = `${address.includes(':') ? `[${address}]` : address}:${port}`;
        const because = `the chain's name is the hash of ${text}, ${protocol.toLowerCase()} and ${endpoint}`;
        const own: Behind[] = [{ kind: 'Service', name: text, because, origin }];
        if (pod != null) own.push({ kind: 'Pod', name: `${namespace}/${pod}`, because: `the slice names it as ${endpoint}`, origin });
        all.set(hashed(`${text}${protocol.toLowerCase()}${endpoint}`), own);
      }
    }
  }
  return all;
});

const endpointBehind = (facts: Facts, hash: string): readonly Behind[] => endpointHashes(facts).get(hash) ?? [];

/** The pod at whose end of the veth a device hangs. */
export function podOfDevice(facts: Facts, node: string, device: string): readonly Behind[] {
  const pod = podNamespaces(facts).find((one) => one.node === node && one.veth === device);
  if (pod === undefined) return [];
  return [
    { kind: 'Pod', name: pod.name ?? `${node}/${pod.scope.netns}`, because: `${device} is the node's end of its veth`, origin: null },
  ];
}
