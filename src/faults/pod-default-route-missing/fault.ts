import { defineFault } from '#engine/fault';
import { judgedWhere, placeFound, type PodPlace, type PodSubject, podSubjects } from '#engine/pods';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Ending, View } from '#engine/view';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

/** Failing ways that ended inside the pod for want of a route. */
const unrouted = (view: View, { scope }: PodPlace): readonly Ending[] =>
  view
    .endings(scope.node)
    .filter(
      ({ walk }) =>
        walk.at.netns === scope.netns && walk.reason.by.some(({ kind, absent: missing }) => kind === 'route' && missing === true),
    );

function ruling(place: PodPlace, view: View): Ruling<Found> {
  const { device, scope, gateway = null, text: pod } = place;
  const routes = view.seen('route', scope, 'main');
  if (routes.is === 'gap') return unknown(routes.gap);
  const own = routes.value.filter(({ table, to }) => table === 'main' && to === '0.0.0.0/0');
  if (own.length > 0) return absent(own);
  if (device.up === false) return absent([device]);
  const [first] = unrouted(view, place);
  if (first === undefined) return absent(routes.origins);
  return found({ pod, device: device.name, gateway, destination: first.walk.packet.destination }, routes.origins);
}

/** A pod without a default route, whose packets find no way out. */
export default defineFault<PodSubject, Found>({
  id: 'pod-default-route-missing',
  is: {
    en: 'a pod without a default route: its packets find no way out',
    zh: 'Pod 内没有默认路由，报文出不去',
  },
  area: 'pod',
  severity: 'error',
  needs: ['route', 'link', 'address', 'namespace'],
  lookAlikes: ['pod-veth-down', 'pod-not-on-bridge', 'pod-address-duplicate', 'pod-firewall-rule'],
  subjects: ({ facts }) => podSubjects(facts),
  judge: (subject, view) => judgedWhere(subject, view, (place) => ruling(place, view)),
  texts: text,
  fix: (subject, params, { facts }) => fix(params, placeFound(facts, subject)),
});
