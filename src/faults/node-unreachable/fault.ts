import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { underlayAddress } from '#intent/flannel/home';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { type Read, seen } from '#snapshot/seen';
import { absentees, askedFor } from './asked.ts';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Uplink = { readonly address: Ip; readonly link: FactOf<'link'> };

const notCaptured = (node: string, detail: string) =>
  ({ of: 'link', scope: onNode(node), why: 'not collected', detail, capture: `leadline capture on ${node}` }) as const;

/** The device by which a captured node is on the underlay. */
function uplinkOf(facts: Facts, node: string, links: Read<readonly FactOf<'link'>[]>): Uplink | undefined {
  const address = underlayAddress(facts, node);
  const addresses = facts.seen('address', onNode(node));
  const dev = addresses.is === 'seen' ? addresses.value.find((one) => one.address === address)?.dev : undefined;
  const link = links.value.find(({ name }) => name === dev);
  return address === undefined || link === undefined ? undefined : { address, link };
}

/** Whether some question between this node and another one fails. */
const isMissed = (view: View, node: string): boolean =>
  view.checks.length === 0 ||
  view.checks.some(({ id, flow, answered }) => answered.result !== 'pass' && (flow?.from.node === node || id.includes(`→${node}`)));

function ofCaptured(node: string, view: View, links: Read<readonly FactOf<'link'>[]>): Ruling<Found> {
  const uplink = uplinkOf(view.facts, node, links);
  if (uplink === undefined)
    return links.complete ? absent(links.origins) : unknown(notCaptured(node, `the uplink of ${node} was not read`));
  const { address, link } = uplink;
  const state = link.up === false ? 'down' : link.carrier === false ? 'no carrier' : undefined;
  if (state === undefined || !isMissed(view, node)) return absent([link]);
  const { vain } = askedFor(view.facts, address, node);
  return found({ node, address, device: link.name, state, askers: vain.map((one) => one.node) }, [link, ...vain.map(({ entry }) => entry)]);
}

/** Only its neighbours can speak for a node that was not captured. */
function ofAbsentee(node: string, view: View): Ruling<Found> {
  const address = absentees(view.facts).find((one) => one.node === node)?.address;
  if (address === undefined) return unknown(notCaptured(node, `${node} was not captured`));
  const { vain, answered } = askedFor(view.facts, address, node);
  if (answered.length > 0) return absent(answered);
  if (vain.length === 0) return unknown(notCaptured(node, `${node} was not captured, and no captured node asked for ${address}`));
  return found(
    { node, address, device: null, state: 'no answer', askers: vain.map((one) => one.node) },
    vain.map(({ entry }) => entry),
  );
}

/** A node that is not on the underlay any more. */
export default defineFault<Node, Found>({
  id: 'node-unreachable',
  is: {
    en: 'a node is not on the underlay any more',
    zh: '节点已从底层网络上消失',
  },
  area: 'underlay',
  severity: 'error',
  needs: ['link', 'address', 'neighbour', 'lease', 'hosts'],
  lookAlikes: ['flannel-lease-dead-machine', 'vxlan-udp-filtered', 'vxlan-device-down', 'default-route-missing'],
  subjects: ({ facts }) =>
    seen(
      [...new Set([...facts.nodes(), ...absentees(facts).map(({ node }) => node)])].map((node) => ({ kind: 'node', node })),
      [],
    ),
  judge: ({ node }, view) => {
    if (!view.facts.nodes().includes(node)) return ofAbsentee(node, view);
    const links = view.seen('link', onNode(node));
    return links.is === 'gap' ? unknown(links.gap) : ofCaptured(node, view, links);
  },
  texts: text,
  fix: (_, params, { facts }) => fix(params, facts),
});
