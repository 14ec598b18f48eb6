import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { type Mode, modeOf } from '#intent/kube-proxy/mode';
import { twoModes } from '#intent/kube-proxy/two-modes';
import { onNode } from '#snapshot/scope';
import { addressesFix, rulesFix } from './fix.ts';
import { type Address, DEVICE, isOnlyVirtual, ownerOf, takenFor } from './left.ts';
import { oneMode, rulesRuling } from './old-rules.ts';
import type { Addresses } from './text-addresses.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

/** The addresses that kube-ipvs0 holds on a node. */
function heldOn({ facts }: View, node: string): readonly Address[] {
  const addresses = facts.seen('address', onNode(node));
  return addresses.is === 'seen' ? addresses.value.filter(({ dev }) => dev === DEVICE) : [];
}

const harmfulOn = (view: View, node: string): readonly Address[] =>
  heldOn(view, node).filter((one) => !isOnlyVirtual(view.facts, node, one.address) && takenFor(view, node, one).length > 0);

function addressesRuling(node: string, mode: Mode, view: View): Ruling<Addresses> {
  const held = heldOn(view, node);
  const [first, ...others] = harmfulOn(view, node);
  if (first === undefined) return absent(held.slice(0, 5));
  const { address } = first;
  const counts = { harmful: 1 + others.length, held: held.length };
  const owner = ownerOf(view.facts, node, address);
  return found({ left: 'addresses', node, mode, address, ...counts, ...owner }, [first, ...others.slice(0, 3)]);
}

/** What IPVS mode left is looked at first: its harm is walked, not concluded. */
function ruling(node: string, view: View): Ruling<Found> {
  const addresses = view.seen('address', onNode(node));
  if (addresses.is === 'gap') return unknown(addresses.gap);
  if (heldOn(view, node).length === 0) return rulesRuling(node, view);
  const mode = modeOf(view.facts, node);
  if (mode.is === 'gap') return unknown(mode.gap);
  const byAddresses = mode.value === null ? absent(mode.origins) : addressesRuling(node, mode.value, view);
  return byAddresses.is === 'absent' ? rulesRuling(node, view) : byAddresses;
}

/** What kube-proxy's former mode left on a node, and takes packets from where they belong. */
export default defineFault<Node, Found>({
  id: 'kube-proxy-mode-leftovers',
  is: {
    en: "what kube-proxy's former mode left takes packets from where they belong",
    zh: 'kube-proxy 旧模式残留的规则或地址抢走了报文',
  },
  area: 'service',
  severity: 'error',
  needs: ['address', 'route', 'iptables', 'nft', 'ipvs-service', 'sysctl', 'service', 'endpoints', 'conntrack'],
  lookAlikes: [
    'service-rules-missing',
    'kube-proxy-stuck',
    'both-iptables-backends',
    'vxlan-vtep-mac-stale',
    'address-range-overlap',
    'node-unreachable',
  ],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => ruling(node, view),
  asks: ({ node }) => [oneMode(node)],
  texts: text,
  fix: ({ node }, params, view) =>
    params.left === 'rules' ? rulesFix(params, twoModes(view.facts, node)) : addressesFix(params, harmfulOn(view, node)),
});
