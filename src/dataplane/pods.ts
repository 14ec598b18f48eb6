import type { Facts } from '#facts/facts';
import type { Link } from '#facts/link/link';
import type { Pod } from '#facts/pod/pod';
import { type Cidr, cidrOf, contains } from '#net/cidr';
import { bitsOf, familyOf, type Ip, isLinkLocal, isLoopback } from '#net/ip';
import { onNode, type Scope } from '#snapshot/scope';
import { memoised } from './memo.ts';
import type { Stack } from './stack.ts';
import { worldOf } from './world.ts';

/** A captured namespace beside a node's root one: a pod, or one that nothing places. */
export type PodNamespace = {
  readonly scope: Scope;
  readonly node: string;
  /** `namespace/name`, where Kubernetes' or the runtime's name is known. */
  readonly name: string | null;
  readonly address: Ip | null;
  /** The device that has the address. */
  readonly device: string | null;
  /** The node's end of its veth, and the bridge that it is a port of. */
  readonly veth: string | null;
  readonly bridge: string | null;
  /** Whether it is a pod: why it is taken for one; `null`: *unplaced*, it demands nothing. */
  readonly placedBy:
    | 'its address lies in a pod subnet'
    | 'its veth is on the pod bridge'
    | 'its address lies in the range of the pod bridge'
    | 'it is named a pod'
    | null;
};

/** The subnets that pods have addresses in, as leases, Node objects and subnet.env tell them; with `node`, that node's own. */
export function podSubnets(facts: Facts, node?: string): readonly Cidr[] {
  const nodes = node === undefined ? facts.nodes() : [node];
  const cluster = { node: '', netns: '' };
  const addresses = node === undefined ? null : addressesOf(facts, node);
  const leases = facts.seen('lease', cluster);
  const objects = facts.seen('node', cluster);
  const leased =
    leases.is === 'gap'
      ? []
      : leases.value.filter(
          ({ publicIp, store }) =>
            addresses === null || (publicIp != null && addresses.has(publicIp)) || (store.in === 'node' && store.node === node),
        );
  const given = objects.is === 'gap' ? [] : objects.value.filter(({ name }) => node === undefined || name === node);
  const written = nodes.flatMap((name) => {
    const env = facts.seen('subnet-env', onNode(name));
    return env.is === 'gap' ? [] : env.value.flatMap(({ subnet }) => subnet ?? []);
  });
  return [...new Set([...leased.map(({ subnet }) => subnet), ...given.flatMap(({ podCidrs }) => podCidrs), ...written])];
}

function addressesOf(facts: Facts, node: string): ReadonlySet<Ip> {
  const seen = facts.seen('address', onNode(node));
  return new Set(seen.is === 'gap' ? [] : seen.value.map(({ address }) => address));
}

/** Bridges that container runtimes and network plugins make for pods. */
const USUAL_BRIDGES = new Set(['cni0', 'docker0', 'cbr0', 'kube-bridge', 'mynet0']);

/** The bridges that a node's pods are on: those with an address in the node's pod subnets, else those with a name of old. */
export function podBridges(facts: Facts, node: string): readonly Link[] {
  const scope = onNode(node);
  const links = facts.seen('link', scope);
  const addresses = facts.seen('address', scope);
  if (links.is === 'gap') return [];
  const bridges = links.value.filter(({ type, bridge }) => type === 'bridge' || (bridge !== undefined && bridge !== null));
  const subnets = podSubnets(facts, node);
  const inSubnet = (name: string): boolean =>
    addresses.is === 'seen' &&
    addresses.value.some(({ dev, address }) => dev === name && subnets.some((subnet) => contains(subnet, address)));
  const placed = bridges.filter(({ name }) => inSubnet(name));
  return placed.length > 0 ? placed : bridges.filter(({ name }) => USUAL_BRIDGES.has(name));
}

/** All captured namespaces that are not a node's root one, with what places them. */
export const podNamespaces: (facts: Facts) => readonly PodNamespace[] = memoised((facts: Facts) => {
  const subnets = podSubnets(facts);
  const world = worldOf(facts);
  return facts.nodes().flatMap((node) => {
    const bridges = new Set(podBridges(facts, node).map(({ name }) => name));
    const own = world.stacksOf(node).filter(({ scope }) => scope.netns !== '');
    return own.map((stack) => placed(facts, stack, subnets, bridges));
  });
});

function placed(facts: Facts, stack: Stack, subnets: readonly Cidr[], bridges: ReadonlySet<string>): PodNamespace {
  const { scope } = stack;
  const own = ownAddress(stack, subnets);
  const ends = stack.links.is === 'seen' ? stack.links.table.all.flatMap((link) => worldOf(facts).peer(stack, link) ?? []) : [];
  const end = ends.find(({ stack: other }) => other.scope.netns === '');
  const bridge = typeof end?.link.master === 'string' ? end.link.master : null;
  const name = nameOf(facts, scope, own?.address ?? null);
  const inSubnet = own !== undefined && subnets.some((subnet) => contains(subnet, own.address));
  const placedBy = inSubnet
    ? 'its address lies in a pod subnet'
    : bridge !== null && bridges.has(bridge)
      ? 'its veth is on the pod bridge'
      : own !== undefined && end !== undefined && rangesOf(facts, scope.node, bridges).some((range) => contains(range, own.address))
        ? 'its address lies in the range of the pod bridge'
        : name !== null
          ? 'it is named a pod'
          : null;
  return {
    scope,
    node: scope.node,
    name,
    address: own?.address ?? null,
    device: own?.dev ?? null,
    veth: end?.link.name ?? null,
    bridge,
    placedBy,
  };
}

/** What the addresses of some bridges of a node span; link-local ones are the same on every link, and tell nothing. */
function rangesOf(facts: Facts, node: string, bridges: ReadonlySet<string>): readonly Cidr[] {
  const addresses = facts.seen('address', onNode(node));
  if (addresses.is === 'gap') return [];
  return addresses.value.flatMap(({ dev, address, length }) =>
    bridges.has(dev) && length < bitsOf(familyOf(address)) && !isLinkLocal(address) ? [cidrOf(address, length)] : [],
  );
}

/** The address that a namespace is known by: in a pod subnet, else the first that is not its own alone. */
function ownAddress(stack: Stack, subnets: readonly Cidr[]): { readonly address: Ip; readonly dev: string } | undefined {
  if (stack.addresses.is === 'gap') return undefined;
  const all = [...stack.addresses.table.byDevice.values()]
    .flat()
    .filter(({ address, scope }) => !isLoopback(address) && scope !== 'host' && scope !== 'link');
  return all.find(({ address }) => subnets.some((subnet) => contains(subnet, address))) ?? all[0];
}

/** Whether a pod is over and done: its object keeps the address that another pod may have by now. */
export const isOver = ({ phase }: Pick<Pod, 'phase'>): boolean => phase === 'Succeeded' || phase === 'Failed';

/** What Kubernetes calls the pod of a namespace: as the runtime says, else by its address. */
function nameOf(facts: Facts, { node, netns }: Scope, address: Ip | null): string | null {
  const namespaces = facts.seen('namespace', onNode(node));
  const told = namespaces.is === 'gap' ? undefined : namespaces.value.find(({ id }) => id === netns)?.pod;
  if (told !== undefined && told !== null) return `${told.namespace}/${told.name}`;
  const pods = facts.seen('pod', { node: '', netns: '' });
  const found =
    pods.is === 'gap' || address === null
      ? undefined
      : pods.value.find((pod) => pod.hostNetwork !== true && !isOver(pod) && pod.addresses.includes(address));
  return found === undefined ? null : `${found.namespace}/${found.name}`;
}
