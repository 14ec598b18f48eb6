import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { serviceAsks } from '#engine/services/front-check';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { emptyService, emptyServices, nameOf } from '#intent/endpoint-slices/empty-services';
import { map } from '#snapshot/seen';
import { fix } from './fix.ts';
import { nearPods } from './near.ts';
import text, { type Found } from './text.ts';

type Service = Extract<Subject, { kind: 'service' }>;

const pairs = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');

function ruling(subject: Service, view: View): Ruling<Found> {
  const empty = emptyService(view.facts, subject.service);
  if (empty === undefined) return absent([]);
  const { service, pods } = empty;
  const near = pods.length > 0 ? undefined : nearPods(view.facts, service);
  const [first] = near?.pods ?? [];
  // nobody carries such labels at all: a workload that is scaled to nothing looks so, and is no fault
  if (near === undefined || first === undefined) return absent([service]);
  const selector = service.selector ?? {};
  const part = (labels: Readonly<Record<string, string | undefined>>): string =>
    near.changed.map((label) => (labels[label] === undefined ? `no label ${label}` : `${label}=${labels[label]}`)).join(', ');
  return found(
    {
      service: subject.service,
      selector: pairs(selector),
      asked: part(selector),
      there: part(first.labels ?? {}),
      pods: near.pods.slice(0, 3).map(nameOf),
      count: near.pods.length,
    },
    [service, first],
  );
}

/** A Service whose selector misses the pods that are meant by a little. */
export default defineFault<Service, Found>({
  id: 'service-selector-unmatched',
  area: 'service',
  severity: 'error',
  needs: ['service', 'endpoints', 'pod'],
  lookAlikes: ['service-target-port-unknown', 'service-endpoints-unready', 'kube-proxy-stuck', 'service-rules-missing'],
  subjects: ({ facts }) => map(emptyServices(facts), (all) => all.map(({ service }) => ({ kind: 'service', service: nameOf(service) }))),
  judge: (subject, view) => {
    const all = emptyServices(view.facts);
    return all.is === 'gap' ? unknown(all.gap) : ruling(subject, view);
  },
  texts: text,
  asks: (subject, _, view) => {
    const empty = emptyService(view.facts, subject.service);
    return empty === undefined ? [] : serviceAsks(view.facts, empty.service);
  },
  fix: (subject, _, view) => {
    const empty = emptyService(view.facts, subject.service);
    const near = empty === undefined ? undefined : nearPods(view.facts, empty.service);
    if (empty === undefined || near === undefined) throw new Error(`nothing is near the selector of ${subject.service}`);
    return fix(view.facts, empty.service, near);
  },
});
