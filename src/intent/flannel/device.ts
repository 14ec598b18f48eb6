import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';
import { missing, type Seen, seen } from '#snapshot/seen';

type Link = FactOf<'link'>;

/** `ip addr` without `-d` does not tell what a device is: one that bears the name that flanneld gives is taken for it. */
const isVxlan = ({ name, type, vxlan }: Link): boolean =>
  type === 'vxlan' || (type === undefined && vxlan === undefined ? NAMED.test(name) : vxlan !== undefined && vxlan !== null);

const NAMED = /^flannel\.\d{1,8}$/;

/** The VXLAN device that flanneld uses on a node; `null` where the whole list of devices has none. */
export function flannelDevice(facts: Facts, node: string): Seen<Link | null> {
  const links = facts.seen('link', onNode(node));
  if (links.is === 'gap') return links;
  const vxlans = links.value.filter(isVxlan);
  const wanted = configuredName(facts);
  const named = vxlans.filter(({ name }) => name.startsWith('flannel'));
  const device =
    named.find(({ name }) => name === wanted) ?? named[0] ?? vxlans.find(({ vxlan }) => vxlan?.vni === flannelConfig(facts)?.vni);
  if (device !== undefined) return seen(device, [device.origin]);
  if (links.complete) return seen(null, links.origins);
  const detail = `the devices of ${node} were not all listed`;
  return missing({ of: 'link', scope: onNode(node), why: 'not told', detail, capture: 'ip -d -j link show' });
}

/** The name that flanneld gives its device: `flannel.<vni>` (pkg/backend/vxlan/vxlan.go). */
export const deviceName = (vni: number): string => `flannel.${vni}`;

const configuredName = (facts: Facts): string => deviceName(flannelConfig(facts)?.vni ?? 1);

/** flannel's network configuration, where it was read. */
export function flannelConfig(facts: Facts): FactOf<'flannel-config'> | undefined {
  const configs = facts.seen('flannel-config', { node: '', netns: '' });
  return configs.is === 'seen' ? configs.value[0] : undefined;
}

/** The nodes on which anything was read of the devices, and those of which only other things are known. */
export const nodesWithLinks = (facts: Facts): readonly string[] =>
  facts.nodes().filter((node) => facts.partition('link', onNode(node)) !== undefined);
