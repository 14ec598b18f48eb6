import { defineFault } from '#engine/fault';
import { isWell, judgedWhere, type PodPlace, type PodSubject, podSubjects } from '#engine/pods';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { View } from '#engine/view';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

const notRead = ({ scope, text: pod }: PodPlace, what: string): Gap => ({
  of: 'link',
  scope: onNode(scope.node),
  why: 'not told',
  detail: `${what} of ${pod} was not read on ${scope.node}`,
  capture: 'ip -d -j link show',
});

function ruling(place: PodPlace, view: View): Ruling<Found> {
  const { device, host, bridge, scope, text: pod } = place;
  if (isWell(view, place)) return absent([device, ...(host === undefined ? [] : [host])]);
  if (host === undefined) return device.carrier === false ? absent([device]) : unknown(notRead(place, "the node's end of the veth"));
  if (bridge === undefined || host.master === bridge.name) return absent([host]);
  if (host.master === undefined) return unknown(notRead(place, 'the bridge'));
  if (host.up === false || device.up === false) return absent([host, device]);
  return found({ pod, node: scope.node, device: host.name, bridge: bridge.name, master: host.master }, [host, bridge, place.address]);
}

/** A pod whose veth is not a port of the bridge that its network is on. */
export default defineFault<PodSubject, Found>({
  id: 'pod-not-on-bridge',
  is: {
    en: "a pod's veth is not a port of the bridge that its network is on",
    zh: 'Pod 的 veth 没有接入网桥',
  },
  area: 'pod',
  severity: 'error',
  needs: ['link', 'address', 'namespace'],
  lookAlikes: ['pod-veth-down', 'pod-default-route-missing', 'pod-address-duplicate', 'pod-firewall-rule'],
  subjects: ({ facts }) => podSubjects(facts),
  judge: (subject, view) => judgedWhere(subject, view, (place) => ruling(place, view)),
  texts: text,
  fix: (_, params, { facts }) => fix(params, facts),
});
