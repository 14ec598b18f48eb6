import type { Namespace } from './layout.ts';
import { addressOf } from './pool.ts';
import type { Line } from './rule.ts';

/**
 * The lines that make the devices of namespaces: veths where a device names its peer, bridges that a device is a port of,
 * addresses, and permanent neighbours for everything on the other end of a veth. Bridges themselves have no peer.
 */
export function wire(namespaces: readonly Namespace[]): readonly Line[] {
  const lines: Line[] = [];
  const device = (namespace: string, name: string) =>
    namespaces.find((one) => one.name === namespace)?.devices.find((one) => one.name === name);
  const on = (namespace: Namespace, run: string): void => void lines.push({ in: namespace.name, run });
  for (const namespace of namespaces) {
    const masters = new Set(namespace.devices.flatMap(({ master }) => master ?? []));
    for (const name of masters) on(namespace, `ip link add ${name} type bridge stp_state 0 forward_delay 0`);
    for (const { name, mac, peer } of namespace.devices) {
      const other = peer === undefined ? undefined : device(peer.namespace, peer.device);
      if (peer !== undefined)
        on(
          namespace,
          `ip link add ${name} address ${mac} type veth peer name ${peer.device} address ${other?.mac} netns @${peer.namespace}`,
        );
    }
  }
  for (const namespace of namespaces) {
    for (const { name, mac, addresses, master } of namespace.devices) {
      on(namespace, `ip link set ${name} address ${mac} addrgenmode none gso_max_segs 1`);
      if (master !== undefined) on(namespace, `ip link set ${name} master ${master}`);
      for (const address of addresses) on(namespace, `ip addr add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`);
      on(namespace, `ip link set ${name} up`);
    }
    lines.push(...neighbours(namespace, namespaces));
  }
  return lines;
}

/** A listener's own numbers are not known to who answers in its name: no namespace minds the numbers of TCP. */
export const liberal = (namespaces: readonly Namespace[]): readonly Line[] =>
  namespaces.map(({ name }) => ({
    in: name,
    run: 'sysctl -qew net.netfilter.nf_conntrack_tcp_be_liberal=1 net.netfilter.nf_conntrack_tcp_ignore_invalid_rst=1',
  }));

/** Who a device finds on the other end of its veth, by permanent entries: no ARP, no ND is counted by any rule. */
function neighbours(namespace: Namespace, all: readonly Namespace[]): readonly Line[] {
  return namespace.devices.flatMap(({ name }) => {
    const across = all.flatMap((other) =>
      other.devices.filter((one) => isAcross(other.name, one.name, namespace.name, name, all)).map((one) => one),
    );
    return across.flatMap(({ mac, addresses }) =>
      addresses.map((address) => ({
        in: namespace.name,
        run: `ip neigh replace ${addressOf(address)} lladdr ${mac} dev ${name} nud permanent`,
      })),
    );
  });
}

/** Whether two devices are the two ends of one veth. */
function isAcross(other: string, theirs: string, own: string, ours: string, all: readonly Namespace[]): boolean {
  const find = (namespace: string, device: string) =>
    all.find(({ name }) => name === namespace)?.devices.find(({ name }) => name === device);
  const [mine, their] = [find(own, ours)?.peer, find(other, theirs)?.peer];
  return (mine?.namespace === other && mine.device === theirs) || (their?.namespace === own && their.device === ours);
}
