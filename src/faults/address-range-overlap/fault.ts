import { nodeAddress } from '#dataplane/endpoints';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import { homeOf } from '#intent/flannel/home';
import { leaseAt } from '#intent/flannel/peers';
import { onNode } from '#snapshot/scope';
import { seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import { isOwnLease, ledAway, overMachines } from './lease-range.ts';
import { type Address, astray, rangeOf } from './overlap.ts';
import { withoutLease } from './without-lease.ts';
import text, { type Found } from './text.ts';

type Device = Extract<Subject, { kind: 'device' }>;
type Lease = Extract<Subject, { kind: 'lease' }>;

/** The addresses of a node's device that bring a range along. */
function ranges(facts: Facts, { node, device }: Pick<Device, 'node' | 'device'>): readonly Address[] {
  const addresses = facts.seen('address', onNode(node));
  return addresses.is === 'seen'
    ? addresses.value.filter(({ dev, length, scope }) => dev === device && length < 32 && scope !== 'host' && scope !== 'link')
    : [];
}

function ruling(at: Device, view: View): Ruling<Found> {
  const own = ranges(view.facts, at).filter((address) => !isOwnLease(view.facts, at.node, rangeOf(address)));
  for (const address of own) {
    const [first] = astray(view, at.node, address);
    if (first === undefined) continue;
    return found(
      {
        of: 'device',
        node: at.node,
        device: at.device,
        address: address.address,
        length: address.length,
        prefix: rangeOf(address),
        ...first.owner,
      },
      [address],
    );
  }
  return absent(ranges(view.facts, at));
}

/** A lease whose subnet lies over the machines' own network. */
function leaseRuling({ subnet }: Lease, view: View): Ruling<Found> {
  const lease = leaseAt(view.facts, subnet);
  if (lease === undefined) return absent([]);
  const [first] = ledAway(view, lease);
  if (first === undefined) return absent([lease]);
  const { node, machine, route } = first;
  return found(
    { of: 'lease', node, prefix: subnet, taken: machine.address, owner: machine.node, home: homeOf(view.facts, lease)?.node ?? null },
    [lease, ...(route === undefined ? [] : [route])],
  );
}

/** Every device with a range but the one that leads to the other machines. */
function subjects(facts: Facts, node: string): readonly Device[] {
  const addresses = facts.seen('address', onNode(node));
  if (addresses.is === 'gap') return [];
  const uplink = addresses.value.find(({ address }) => address === nodeAddress(facts, node))?.dev;
  const devices = new Set(addresses.value.map(({ dev }) => dev));
  return [...devices]
    .filter((device) => device !== uplink)
    .filter((device) => ranges(facts, { node, device }).length > 0)
    .map((device) => ({ kind: 'device', node, netns: '', device }));
}

/** A network of somebody else's on a node whose range holds addresses of the cluster. */
export default defineFault<Device | Lease, Found>({
  id: 'address-range-overlap',
  is: {
    en: "somebody else's network on a node has a range that holds cluster addresses",
    zh: '节点上其他网络的网段包含了集群地址',
  },
  area: 'node',
  severity: 'error',
  needs: ['address', 'route', 'lease'],
  lookAlikes: ['route-wrong-next-hop', 'route-blackhole', 'flannel-subnet-overlap', 'pod-bridge-outside-lease', 'pod-route-missing'],
  subjects: ({ facts }) => {
    const gap = facts
      .nodes()
      .map((node) => facts.seen('address', onNode(node)))
      .find(({ is }) => is === 'gap');
    return gap?.is === 'gap'
      ? gap
      : seen(
          [
            ...facts.nodes().flatMap((node) => subjects(facts, node)),
            ...overMachines(facts).map(({ subnet }): Lease => ({ kind: 'lease', subnet })),
          ],
          [],
        );
  },
  judge: (subject, view) => {
    if (subject.kind === 'lease') return leaseRuling(subject, view);
    const routes = view.seen('route', onNode(subject.node));
    return routes.is === 'gap' ? unknown(routes.gap) : ruling(subject, view);
  },
  texts: text,
  fix: (_, params, view) => (params.of === 'lease' ? withoutLease(params, view) : fix(params)),
});
