import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { serviceAsks } from '#engine/services/front-check';
import type { Subject } from '#engine/subject';
import { type Empty, emptyService, emptyServices, nameOf } from '#intent/endpoint-slices/empty-services';
import { CLUSTER } from '#snapshot/scope';
import { map } from '#snapshot/seen';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';
import { unknownPort } from './unknown-port.ts';

type Service = Extract<Subject, { kind: 'service' }>;

function ruling(subject: Service, empty: Empty): Ruling<Found> {
  const { service, pods } = empty;
  const untold = pods.find(({ ports }) => ports === undefined);
  const isNamed = service.ports.some(({ targetPort }) => targetPort !== undefined && !/^\d*$/.test(targetPort));
  if (untold !== undefined && isNamed) return unknown(notTold(nameOf(untold)));
  const missing = unknownPort(empty);
  if (missing === undefined) return absent([service]);
  const { port, wanted, pod, meant } = missing;
  const ports = (pod.ports ?? []).map(({ name, port: number, protocol }) => `${name === null ? '' : `${name}:`}${number}/${protocol}`);
  return found({ service: subject.service, port: port.name ?? `${port.port}`, wanted, pod: nameOf(pod), ports, meant }, [service, pod]);
}

/** A Service that asks its pods for a port by a name that no container has. */
export default defineFault<Service, Found>({
  id: 'service-target-port-unknown',
  area: 'service',
  severity: 'error',
  needs: ['service', 'endpoints', 'pod'],
  lookAlikes: ['service-selector-unmatched', 'service-endpoints-unready', 'kube-proxy-stuck', 'service-rules-missing'],
  subjects: ({ facts }) => map(emptyServices(facts), (all) => all.map(({ service }) => ({ kind: 'service', service: nameOf(service) }))),
  judge: (subject, view) => {
    const empty = emptyService(view.facts, subject.service);
    return empty === undefined ? absent([]) : ruling(subject, empty);
  },
  texts: text,
  asks: (subject, _, view) => {
    const empty = emptyService(view.facts, subject.service);
    return empty === undefined ? [] : serviceAsks(view.facts, empty.service);
  },
  fix: (subject, _, view) => {
    const empty = emptyService(view.facts, subject.service);
    const missing = empty === undefined ? undefined : unknownPort(empty);
    if (empty === undefined || missing === undefined) throw new Error(`every target port of ${subject.service} is there`);
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
