import { worldOf } from '#dataplane/world';
import type { Check } from '#engine/check';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import { hasObjects } from '#intent/endpoint-slices/empty-services';
import type { Ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { map, seen } from '#snapshot/seen';
import { answerersOf, outsideAddresses, wrongOnes } from './answering.ts';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Address = Extract<Subject, { kind: 'address' }>;

const SETTINGS = ['net.ipv4.conf.all.arp_ignore', 'net.ipv4.conf.all.arp_announce'];

/** What a node's settings say of ARP. */
function settingsOf({ facts }: View, node: string): readonly FactOf<'sysctl'>[] {
  const read = facts.seen('sysctl', onNode(node));
  return read.is === 'seen' ? read.value.filter(({ name }) => SETTINGS.includes(name)) : [];
}

function ruling(address: Ip, view: View): Ruling<Found> {
  const answerers = answerersOf(worldOf(view.facts), address);
  const [first, ...others] = answerers === undefined ? [] : wrongOnes(answerers);
  if (answerers === undefined || first === undefined) return absent(answerers?.all.slice(0, 3).map(({ held }) => held) ?? []);
  const { service, meant } = answerers;
  const { held, uplink, node } = first;
  const nodes = [first, ...others].map((one) => one.node);
  return found({ address, service, meant, nodes, device: held.dev, uplink, isOnUplink: held.dev === uplink }, [
    held,
    ...settingsOf(view, node),
    ...others.slice(0, 3).map((one) => one.held),
  ]);
}

/** Nobody captures who answers a client outside: whether only nodes answer that lead it on. */
const asked = (address: Ip): Check => ({
  id: `arp ${address}`,
  kind: 'arp',
  from: 'invariant',
  says: { en: `only nodes that serve ${address} answer ARP for it`, zh: `只有能提供 ${address} 服务的节点应答其 ARP` },
  ask: (world) => {
    const answerers = answerersOf(world, address);
    const wrong = answerers === undefined ? [] : wrongOnes(answerers);
    const says = wrong.length === 0 ? 'only such nodes do' : `${wrong.map(({ node }) => node).join(', ')} answer and do not serve`;
    return { result: wrong.length === 0 ? 'pass' : 'fail', probability: wrong.length === 0 ? 0 : null, outcomes: [], gaps: [], says };
  },
});

/** Nodes that answer ARP for a load balancer's address and lead nobody on from there. */
export default defineFault<Address, Found>({
  id: 'vip-answers-arp',
  is: {
    en: "nodes answer ARP for a load balancer's address and lead nobody on",
    zh: '节点对负载均衡地址应答 ARP，却不转发报文',
  },
  area: 'service',
  severity: 'error',
  needs: ['service', 'address', 'sysctl', 'iptables', 'link'],
  lookAlikes: ['kube-proxy-mode-leftovers', 'service-rules-missing', 'pod-address-duplicate', 'service-endpoint-dead'],
  subjects: ({ facts }) =>
    !hasObjects(facts)
      ? seen([], [])
      : map(facts.seen('service', CLUSTER), (services) =>
          [...new Set(services.flatMap(outsideAddresses))].map((address) => ({ kind: 'address', address })),
        ),
  judge: ({ address }, view) => {
    const gap = view.facts
      .nodes()
      .flatMap((node) => [view.seen('address', onNode(node)), view.seen('sysctl', onNode(node))])
      .find(({ is }) => is === 'gap');
    const told = ruling(address, view);
    if (told.is !== 'absent') return told;
    const unread = gap?.is === 'gap' ? gap.gap : answerersOf(worldOf(view.facts), address)?.unread;
    return unread == null ? told : unknown(unread);
  },
  texts: text,
  asks: ({ address }) => [asked(address)],
  fix: ({ address }, params, { facts }) => {
    const answerers = answerersOf(worldOf(facts), address);
    return fix(params, answerers === undefined ? [] : wrongOnes(answerers));
  },
});
