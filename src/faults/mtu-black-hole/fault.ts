import type { AskedCheck } from '#engine/check';
import { inTunnel } from '#engine/ended';
import { memoised } from '#dataplane/memo';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { familyOf } from '#net/ip';
import type { TracedOutcome, Walk } from '#sim/packet/outcome';
import { onNode } from '#snapshot/scope';
import { seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type DeviceSubject = Extract<Subject, { kind: 'device' }>;
type Link = FactOf<'link'>;
type Stuck = { readonly check: AskedCheck; readonly walk: Walk; readonly refused: boolean };

/** Outer headers of VXLAN by the underlay's family (drivers/net/vxlan, VXLAN_HEADROOM without the Ethernet header). */
const OVERHEAD = { 4: 50, 6: 70 } as const;

/** The same question with a small packet. */
const small = (view: View, check: AskedCheck): AskedCheck | undefined => {
  const id = check.id.replace(/^pod-pod-full /, 'pod-pod ');
  return view.checks.find((one) => one.id === id && one.kind === 'pod-pod');
};

/** Ways of full-size packets that got stuck without a word where small ones pass. */
const stuck = memoised((view: View): readonly Stuck[] =>
  view.checks
    .filter((check) => (check.flow?.size ?? 0) > 576 && check.answered.result !== 'pass' && small(view, check)?.answered.result === 'pass')
    .flatMap((check) => check.answered.outcomes.filter(({ works }) => works !== 'yes').flatMap((outcome) => stuckOf(check, outcome))),
);

function stuckOf(check: AskedCheck, outcome: TracedOutcome): readonly Stuck[] {
  const { reply, disposition, answer } = outcome;
  const arrived = disposition === 'delivered' || disposition === 'no listener';
  const walk: Walk = arrived && reply !== null ? reply : outcome;
  const told = answer.kind === 'icmp' || answer.kind === 'rst' || answer.kind === 'reply';
  return told ? [] : [{ check, walk, refused: walk.disposition === 'too big' }];
}

/** Of those, what ended at a device because of its MTU. */
const endedAt = (view: View, { node, netns, device }: DeviceSubject): Stuck | undefined =>
  stuck(view).find(({ walk }) =>
    walk.reason.by.some(({ kind, scope, key }) => kind === 'link' && scope.node === node && scope.netns === netns && key === device),
  );

const sizeOf = ({ walk }: Stuck, outerFamily: 4 | 6): number => walk.received.size + (inTunnel(walk) ? OVERHEAD[outerFamily] : 0);

/** The devices that lead out of a node, and those that a large packet got stuck at. */
function subjects(view: View): readonly DeviceSubject[] {
  const uplinks = view.facts.nodes().flatMap((node) =>
    linksOf(view.facts, node)
      .filter(isOuter)
      .map(({ name }) => `${node}\0\0${name}`),
  );
  const ends = stuck(view).flatMap(({ walk }) =>
    walk.reason.by.filter(({ kind }) => kind === 'link').map(({ scope, key }) => `${scope.node}\0${scope.netns}\0${key}`),
  );
  return [...new Set([...uplinks, ...ends])].map((key) => {
    const [node = '', netns = '', device = ''] = key.split('\0');
    return { kind: 'device', node, netns, device };
  });
}

function linksOf(facts: Facts, node: string): readonly Link[] {
  const links = facts.seen('link', onNode(node));
  return links.is === 'seen' ? links.value : [];
}

const isOuter = ({ name, type, master }: Link): boolean =>
  name !== 'lo' && type !== 'bridge' && type !== 'vxlan' && type !== 'loopback' && (master === null || master === undefined);

function ruling(subject: DeviceSubject, view: View): Ruling<Found> {
  const links = view.seen('link', subject);
  if (links.is === 'gap') return unknown(links.gap);
  const link = links.value.find(({ name }) => name === subject.device);
  if (link === undefined) return absent(links.origins);
  const it = endedAt(view, subject);
  if (it === undefined || link.mtu === undefined) return absent([link]);
  const needed = sizeOf(it, familyOf(it.walk.packet.source));
  if (needed <= link.mtu) return absent([link]);
  return found({ node: subject.node, device: link.name, mtu: link.mtu, needed, check: it.check.id, refused: it.refused }, [link]);
}

/** A device on the way that does not hold full-size packets, and a sender who is not told. */
export default defineFault<DeviceSubject, Found>({
  id: 'mtu-black-hole',
  is: {
    en: 'a device on the way does not hold full-size packets, and nobody is told',
    zh: '途中设备容不下大报文，且发送方未被告知',
  },
  area: 'underlay',
  severity: 'error',
  needs: ['link', 'route'],
  lookAlikes: ['host-firewall-rule', 'vxlan-udp-filtered'],
  // a node whose devices were not read may have one that is too small
  subjects: (view) =>
    seen(
      subjects(view),
      [],
      view.facts.nodes().every((node) => view.seen('link', onNode(node)).is === 'seen'),
    ),
  judge: ruling,
  texts: text,
  fix: (_, params) => fix(params),
});
