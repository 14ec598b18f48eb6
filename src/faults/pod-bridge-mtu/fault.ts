import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { flannelDevice } from '#intent/flannel/device';
import { podBridge } from '#intent/flannel/bridge';
import { nodeSubjects, notTold } from '#intent/flannel/subjects';
import { onNode, type Scope } from '#snapshot/scope';
import { fix } from './fix.ts';
import type { TooBig } from './too-big.ts';
import text, { type Found } from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;
type Link = FactOf<'link'>;

const linksIn = (facts: Facts, scope: Scope): readonly Link[] => {
  const read = facts.seen('link', scope);
  return read.is === 'seen' ? read.value : [];
};

/** Pods' devices whose other end is a port of the bridge, by index; a namespace of the node with one such device is a pod. */
function podDevices(facts: Facts, node: string, bridge: string): TooBig['devices'] {
  const ports = linksIn(facts, onNode(node)).filter(({ master }) => master === bridge);
  return facts
    .scopes(node, 'link')
    .filter(({ netns }) => netns !== '')
    .flatMap((scope) =>
      linksIn(facts, scope)
        .filter(({ type, peerIndex }) => type === 'veth' && ports.some(({ index }) => index !== undefined && index === peerIndex))
        .map((link) => ({ scope, name: link.name, link })),
    );
}

function tooBig(facts: Facts, node: string): TooBig | undefined {
  const device = flannelDevice(facts, node);
  const bridge = podBridge(facts, node);
  const tunnel = device.is === 'seen' ? device.value : null;
  const wanted = tunnel?.mtu;
  if (tunnel === null || wanted === undefined || bridge === undefined) return undefined;
  const devices = podDevices(facts, node, bridge.name).filter(({ link }) => (link.mtu ?? 0) > wanted);
  return { bridge, bridgeIsAbove: (bridge.mtu ?? 0) > wanted, tunnel, wanted, devices };
}

function judged(node: string, view: View): Ruling<Found> {
  const { facts } = view;
  const device = flannelDevice(facts, node);
  if (device.is === 'gap') return unknown(device.gap);
  if (device.value === null) return absent(device.origins);
  if (device.value.mtu === undefined) return unknown(notTold('link', node, `the MTU of ${device.value.name}`));
  const big = tooBig(facts, node);
  if (big === undefined) return absent([device.value]);
  const { bridge, tunnel, wanted, devices } = big;
  // a large bridge alone lets nothing large in: what a pod sends is limited by its own device
  if (devices.length === 0) return absent([tunnel, bridge]);
  const died = view
    .endings(node)
    .some(({ walk }) => walk.disposition === 'too big' && walk.reason.by.some(({ kind, key }) => kind === 'link' && key === tunnel.name));
  if (!died && view.checks.length > 0) return absent([tunnel, bridge, ...devices.map(({ link }) => link)]);
  const podMtu = Math.max(...devices.map(({ link }) => link.mtu ?? 0));
  const pods = devices.map(({ scope }) => scope.netns);
  return found({ node, bridge: bridge.name, device: tunnel.name, wanted, bridgeMtu: bridge.mtu ?? 0, podMtu, pods }, [
    tunnel,
    bridge,
    ...devices.map(({ link }) => link),
  ]);
}

/** Pods whose MTU is above that of the tunnel which their packets go through. */
export default defineFault<NodeSubject, Found>({
  id: 'pod-bridge-mtu',
  is: {
    en: 'the MTU of pods is above that of the tunnel that their packets go through',
    zh: 'Pod 的 MTU 大于其报文所经隧道的 MTU',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['link', 'address', 'subnet-env', 'docker-options'],
  lookAlikes: ['mtu-black-hole', 'vxlan-udp-filtered', 'host-firewall-rule'],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, view) => judged(node, view),
  texts: text,
  fix: (_, params, { facts }) => {
    const big = tooBig(facts, params.node);
    if (big === undefined) throw new Error(`nothing on ${params.node} is above its tunnel`);
    return fix(params, big);
  },
});
