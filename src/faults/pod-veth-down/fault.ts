import { defineFault } from '#engine/fault';
import { isWell, judgedWhere, placeFound, type PodPlace, type PodSubject, podSubjects } from '#engine/pods';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { View } from '#engine/view';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

const hostNotRead = ({ scope, text: pod }: PodPlace) =>
  ({
    of: 'link',
    scope: onNode(scope.node),
    why: 'not collected',
    detail: `${pod} has no carrier, and the other end of its veth was not read`,
    capture: 'ip -d -j link show',
  }) as const;

function ruling(place: PodPlace, view: View): Ruling<Found> {
  const { device, host, scope, text: pod } = place;
  const ends = host === undefined ? [device] : [device, host];
  const down = device.up === false ? device : host?.up === false ? host : undefined;
  if (down === undefined) return host === undefined && device.carrier === false ? unknown(hostNotRead(place)) : absent(ends);
  if (isWell(view, place)) return absent(ends);
  return found({ pod, node: scope.node, device: down.name, end: down === device ? 'pod' : 'node' }, [down]);
}

/** A pod whose veth is down at one end. */
export default defineFault<PodSubject, Found>({
  id: 'pod-veth-down',
  is: {
    en: "a pod's veth is down at one end",
    zh: 'Pod 的 veth 有一端处于 down 状态',
  },
  area: 'pod',
  severity: 'error',
  needs: ['link', 'address', 'namespace', 'route'],
  lookAlikes: ['pod-not-on-bridge', 'pod-default-route-missing', 'pod-address-duplicate', 'pod-firewall-rule'],
  subjects: ({ facts }) => podSubjects(facts),
  judge: (subject, view) => judgedWhere(subject, view, (place) => ruling(place, view)),
  texts: text,
  fix: (subject, params, { facts }) => fix(params, placeFound(facts, subject), facts),
});
