import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { foundEmpty, nobodyAnswers, type Service, whileEmpty } from '#engine/services/nobody-answers';
import { type Empty, nameOf } from '#intent/endpoint-slices/empty-services';
import { CLUSTER } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

const SHOWN = 3;

function ruling({ service, pods }: Empty): Ruling<Found> {
  const untold = pods.find(({ ready }) => ready === undefined);
  if (untold !== undefined) return unknown(notTold(nameOf(untold)));
  if (pods.length === 0 || pods.some(({ ready }) => ready === true)) return absent([service]);
  return found({ service: nameOf(service), pods: pods.slice(0, SHOWN).map(nameOf), count: pods.length }, [
    service,
    ...pods.slice(0, SHOWN),
  ]);
}

/** A Service all of whose pods run and none of which is ready. */
export default defineFault<Service, Found>({
  ...nobodyAnswers,
  id: 'service-endpoints-unready',
  is: {
    en: 'all pods of a Service run, and none is ready',
    zh: 'Service 后面的 Pod 全部未就绪',
  },
  lookAlikes: ['service-selector-unmatched', 'service-target-port-unknown', 'kube-proxy-stuck', 'service-rules-missing'],
  judge: whileEmpty(ruling),
  texts: text,
  fix: (subject, _, view) => {
    const { service, pods } = foundEmpty(view, subject);
    const [pod] = pods;
    if (pod === undefined) throw new Error(`${subject.service} has no pods`);
    return fix(service, pod);
  },
});

const notTold = (pod: string) =>
  ({
    of: 'pod',
    scope: CLUSTER,
    why: 'not told',
    detail: `whether ${pod} is ready was not read`,
    capture: 'kubectl get pods -A -o json',
  }) as const;
