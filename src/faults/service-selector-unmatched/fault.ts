import { defineFault } from '#engine/fault';
import { absent, found, type Ruling } from '#engine/ruling';
import { foundEmpty, nobodyAnswers, type Service, whileEmpty } from '#engine/services/nobody-answers';
import type { Facts } from '#facts/facts';
import { type Empty, nameOf } from '#intent/endpoint-slices/empty-services';
import { fix } from './fix.ts';
import { nearPods } from './near.ts';
import text, { type Found } from './text.ts';

const pairs = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');

function ruling({ service, pods }: Empty, facts: Facts): Ruling<Found> {
  const near = pods.length > 0 ? undefined : nearPods(facts, service);
  const [first] = near?.pods ?? [];
  // nobody carries such labels at all: a workload that is scaled to nothing looks so, and is no fault
  if (near === undefined || first === undefined) return absent([service]);
  const selector = service.selector ?? {};
  const part = (labels: Readonly<Record<string, string | undefined>>): string =>
    near.changed.map((label) => (labels[label] === undefined ? `no label ${label}` : `${label}=${labels[label]}`)).join(', ');
  return found(
    {
      service: nameOf(service),
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
  ...nobodyAnswers,
  id: 'service-selector-unmatched',
  is: {
    en: "a Service's selector misses the pods that are meant",
    zh: 'Service 的 selector 没有匹配到目标 Pod',
  },
  lookAlikes: ['service-target-port-unknown', 'service-endpoints-unready', 'kube-proxy-stuck', 'service-rules-missing'],
  judge: whileEmpty(ruling),
  texts: text,
  fix: (subject, _, view) => {
    const { service } = foundEmpty(view, subject);
    const near = nearPods(view.facts, service);
    if (near === undefined) throw new Error(`nothing is near the selector of ${subject.service}`);
    return fix(view.facts, service, near);
  },
});
