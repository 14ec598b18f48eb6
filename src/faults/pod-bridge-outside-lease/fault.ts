import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { podBridge } from '#intent/flannel/bridge';
import { flannelConfig } from '#intent/flannel/device';
import { leasesOf, vtepLease } from '#intent/flannel/home';
import { nodeSubjects } from '#intent/flannel/subjects';
import { type Cidr, cidrOf, contains, overlaps } from '#net/cidr';
import { familyOf } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;
type Address = FactOf<'address'>;

/** The subnet that a node holds in flannel: what flanneld wrote down, else the lease whose first address its device has. */
function held(facts: Facts, node: string): { readonly subnet: Cidr; readonly by: Evidence } | undefined {
  const files = facts.seen('subnet-env', onNode(node));
  const file = files.is === 'seen' ? files.value.find(({ subnet }) => subnet !== undefined) : undefined;
  if (file?.subnet !== undefined) return { subnet: file.subnet, by: file };
  const lease = vtepLease(facts, node);
  return lease === undefined ? undefined : { subnet: lease.subnet, by: lease };
}

/** Whether flanneld could hold the subnet: in its network, of its length, and in nobody's lease. */
function isFree(facts: Facts, subnet: Cidr): boolean {
  const [config, leases] = [flannelConfig(facts), leasesOf(facts)];
  if (config === undefined || leases.is === 'gap' || !leases.complete) return false;
  const fits = overlaps(config.network, subnet) && Number(subnet.split('/')[1]) === (config.subnetLength ?? 24);
  return fits && leases.value.every((lease) => !overlaps(lease.subnet, subnet));
}

function judged(facts: Facts, node: string): Ruling<Found> {
  const [links, addresses] = [facts.seen('link', onNode(node)), facts.seen('address', onNode(node))];
  if (links.is === 'gap') return unknown(links.gap);
  if (addresses.is === 'gap') return unknown(addresses.gap);
  const bridge = podBridge(facts, node);
  const own = addresses.value.filter(({ dev, address }) => dev === bridge?.name && familyOf(address) === 4);
  const [first] = own;
  if (bridge === undefined || first === undefined) return absent(bridge === undefined ? links.origins : [bridge]);
  const lease = held(facts, node);
  if (lease === undefined) {
    const files = facts.seen('subnet-env', onNode(node));
    return files.is === 'gap' ? unknown(files.gap) : absent([first]);
  }
  return compare(facts, node, bridge, own, first, lease);
}

function compare(
  facts: Facts,
  node: string,
  bridge: FactOf<'link'>,
  own: readonly Address[],
  first: Address,
  { subnet, by }: { readonly subnet: Cidr; readonly by: Evidence },
): Ruling<Found> {
  const inside = own.filter(({ address }) => contains(subnet, address));
  if (inside.length > 0) return absent([...inside, by]);
  const hasSubnet = cidrOf(first.address, first.length);
  const has = `${first.address}/${first.length}`;
  return found({ node, bridge: bridge.name, has, hasSubnet, lease: subnet, free: isFree(facts, hasSubnet) }, [...own, by, bridge]);
}

/** A pod bridge with an address outside the subnet that the node holds. */
export default defineFault<NodeSubject, Found>({
  id: 'pod-bridge-outside-lease',
  is: {
    en: "the pod bridge has an address outside the node's subnet",
    zh: 'Pod 网桥的地址不在该节点的子网内',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['link', 'address', 'subnet-env', 'lease', 'flannel-config', 'docker-options', 'unit'],
  lookAlikes: [
    'flannel-lease-wrong-machine',
    'flannel-lease-dead-machine',
    'pod-route-missing',
    'pod-not-on-bridge',
    'vxlan-vtep-mac-stale',
  ],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, { facts }) => judged(facts, node),
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
