import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { type Mode, modeOf } from '#intent/kube-proxy/mode';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import { type Address, DEVICE, ownerOf, takenFor } from './left.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

/** The addresses that kube-ipvs0 holds on a node. */
function heldOn({ facts }: View, node: string): readonly Address[] {
  const addresses = facts.seen('address', onNode(node));
  return addresses.is === 'seen' ? addresses.value.filter(({ dev }) => dev === DEVICE) : [];
}

const harmfulOn = (view: View, node: string): readonly Address[] =>
  heldOn(view, node).filter((one) => takenFor(view, node, one).length > 0);

function ruling(node: string, mode: Mode, view: View): Ruling<Found> {
  const held = heldOn(view, node);
  const [first, ...others] = harmfulOn(view, node);
  if (first === undefined) return absent(held.slice(0, 5));
  const { address } = first;
  const counts = { harmful: 1 + others.length, held: held.length };
  return found({ node, mode, address, ...counts, ...ownerOf(view.facts, node, address) }, [first, ...others.slice(0, 3)]);
}

/** What kube-proxy's former mode left on a node, and takes packets from where they belong. */
export default defineFault<Node, Found>({
  id: 'kube-proxy-mode-leftovers',
  area: 'service',
  severity: 'error',
  needs: ['address', 'route', 'iptables', 'nft', 'ipvs-service', 'sysctl'],
  lookAlikes: ['service-rules-missing', 'kube-proxy-stuck', 'vxlan-vtep-mac-stale', 'address-range-overlap', 'node-unreachable'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const addresses = view.seen('address', onNode(node));
    if (addresses.is === 'gap') return unknown(addresses.gap);
    if (heldOn(view, node).length === 0) return absent(addresses.origins);
    const mode = modeOf(view.facts, node);
    if (mode.is === 'gap') return unknown(mode.gap);
    return mode.value === null ? absent(mode.origins) : ruling(node, mode.value, view);
  },
  texts: text,
  fix: ({ node }, params, view) => fix(params, harmfulOn(view, node)),
});
