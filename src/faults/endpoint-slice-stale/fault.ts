import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { nameOf } from '#intent/endpoint-slices/empty-services';
import { addressIn } from '#intent/endpoint-slices/selected';
import { type Stray, straysIn } from '#intent/endpoint-slices/strays';
import type { TracedOutcome } from '#sim/packet/outcome';
import { familyOf } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { map } from '#snapshot/seen';
import { pure } from './asked.ts';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Service = Extract<Subject, { kind: 'service' }>;

const straysOf = (service: string, view: View): readonly Stray[] => {
  const strays = straysIn(view.facts);
  return strays.is === 'gap' ? [] : strays.value.filter((one) => nameOf(one.service) === service);
};

/** What a packet that the rules led there met: something that answers where no pod is may be meant. */
const answering = ({ endpoint, held }: Stray, view: View): TracedOutcome | undefined =>
  held !== null
    ? undefined
    : view.checks
        .flatMap(({ answered }) => answered.outcomes)
        .find(
          ({ works, packet, received }) =>
            works === 'yes' && received.destination === endpoint.address && packet.destination !== endpoint.address,
        );

function ruling({ service }: Service, view: View): Ruling<Found> {
  const all = straysOf(service, view);
  const answers = all.flatMap((one) => answering(one, view) ?? []);
  const strays = all.filter((one) => answering(one, view) === undefined);
  const [first] = strays;
  if (first === undefined) return absent(answers.flatMap(({ reason }) => reason.by));
  const { slice, endpoint, held } = first;
  const pods = view.seen('pod', CLUSTER);
  const named = pods.is === 'seen' ? pods.value.find((pod) => pod.namespace === slice.namespace && pod.name === endpoint.pod) : undefined;
  return found(
    {
      service,
      slice: `${slice.namespace}/${slice.name}`,
      addresses: strays.map((one) => one.endpoint.address),
      pod: endpoint.pod == null ? null : `${slice.namespace}/${endpoint.pod}`,
      now: named === undefined ? null : (addressIn(named, familyOf(endpoint.address)) ?? null),
      held: held === null ? null : nameOf(held),
      of: slice.addresses.filter(({ ready }) => ready !== false).length,
    },
    [
      slice,
      first.service,
      ...(named === undefined ? [] : [named]),
      ...(held === null ? [] : [held]),
      ...(pods.is === 'seen' ? pods.origins.slice(0, 1) : []),
    ],
  );
}

/** An EndpointSlice that lists what is no pod of its Service: its controller does not follow. */
export default defineFault<Service, Found>({
  id: 'endpoint-slice-stale',
  is: {
    en: 'an EndpointSlice lists what is no pod of its Service any more',
    zh: 'EndpointSlice 中列出的已不是该 Service 的 Pod',
  },
  area: 'service',
  severity: 'error',
  needs: ['service', 'endpoints', 'pod'],
  lookAlikes: ['service-endpoint-dead', 'kube-proxy-stuck', 'endpoint-slice-missing', 'service-endpoints-unready'],
  subjects: ({ facts }) =>
    map(straysIn(facts), (strays) =>
      [...new Set(strays.map(({ service }) => nameOf(service)))].map((service) => ({ kind: 'service', service })),
    ),
  judge: (subject, view) => {
    const strays = straysIn(view.facts);
    return strays.is === 'gap' ? unknown(strays.gap) : ruling(subject, view);
  },
  texts: text,
  asks: ({ service }) => [pure(service)],
  fix: ({ service }, _, view) =>
    fix(
      view.facts,
      service,
      straysOf(service, view).filter((one) => answering(one, view) === undefined),
    ),
});
