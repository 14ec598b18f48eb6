import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { foundEmpty, nobodyAnswers, type Service, whileEmpty } from '#engine/services/nobody-answers';
import { type Empty, nameOf } from '#intent/endpoint-slices/empty-services';
import { CLUSTER } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';
import { unknownPort } from './unknown-port.ts';

function ruling(empty: Empty): Ruling<Found> {
  const { service, pods } = empty;
  const untold = pods.find(({ ports }) => ports === undefined);
  const isNamed = service.ports.some(({ targetPort }) => targetPort !== undefined && !/^\d*$/.test(targetPort));
  if (untold !== undefined && isNamed) return unknown(notTold(nameOf(untold)));
  const missing = unknownPort(empty);
  if (missing === undefined) return absent([service]);
  const { port, wanted, pod, meant } = missing;
  const ports = (pod.ports ?? []).map(({ name, port: number, protocol }) => `${name === null ? '' : `${name}:`}${number}/${protocol}`);
  return found({ service: nameOf(service), port: port.name ?? `${port.port}`, wanted, pod: nameOf(pod), ports, meant }, [service, pod]);
}

/** A Service that asks its pods for a port by a name that no container has. */
export default defineFault<Service, Found>({
  ...nobodyAnswers,
  id: 'service-target-port-unknown',
  is: {
    en: 'a Service asks for a port by a name that none of its pods has',
    zh: 'Service 的 targetPort 名称在其 Pod 上不存在',
  },
  lookAlikes: ['service-selector-unmatched', 'service-endpoints-unready', 'kube-proxy-stuck', 'service-rules-missing'],
  judge: whileEmpty(ruling),
  texts: text,
  fix: (subject, _, view) => {
    const empty = foundEmpty(view, subject);
    const missing = unknownPort(empty);
    if (missing === undefined) throw new Error(`every target port of ${subject.service} is there`);
    return fix(view.facts, empty.service, missing);
  },
});

const notTold = (pod: string) =>
  ({
    of: 'pod',
    scope: CLUSTER,
    why: 'not told',
    detail: `the ports of ${pod}'s containers were not read`,
    capture: 'kubectl get pods -A -o json',
  }) as const;
