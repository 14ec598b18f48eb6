import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { serviceAsks } from '#engine/services/front-check';
import type { Subject } from '#engine/subject';
import { nameOf } from '#intent/endpoint-slices/empty-services';
import { type LeftOut, leftOut } from '#intent/endpoint-slices/left-out';
import { familyOfSlice, isUsed } from '#intent/endpoint-slices/selected';
import type { Facts } from '#facts/facts';
import { map } from '#snapshot/seen';
import { whole } from './asked.ts';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Service = Extract<Subject, { kind: 'service' }>;

const SHOWN = 3;

const of = (facts: Facts, service: string): LeftOut | undefined => {
  const left = leftOut(facts);
  return left.is === 'seen' ? left.value.find((one) => nameOf(one.service) === service) : undefined;
};

/** The slices of the first family in which pods are left out. */
const slicesOf = ({ service, byFamily: [first], slices }: LeftOut): LeftOut['slices'] =>
  slices.filter((slice) => familyOfSlice(slice, service) === first?.family);

const listed = (left: LeftOut): number =>
  slicesOf(left)
    .flatMap(({ addresses }) => addresses)
    .filter(isUsed).length;

function ruling(service: string, left: LeftOut): Ruling<Found> {
  const { pods } = left;
  const [slice] = slicesOf(left);
  return found(
    {
      service,
      pods: pods.slice(0, SHOWN).map(nameOf),
      count: pods.length,
      listed: listed(left),
      slice: slice === undefined ? null : nameOf(slice),
    },
    [left.service, ...(slice === undefined ? [] : [slice]), ...pods.slice(0, SHOWN)],
  );
}

/** A ready pod that its Service selects and no slice lists: the controller does not follow. */
export default defineFault<Service, Found>({
  id: 'endpoint-slice-missing',
  is: {
    en: 'a ready pod that its Service selects is in no EndpointSlice',
    zh: '已就绪且被 Service 选中的 Pod 不在任何 EndpointSlice 中',
  },
  area: 'service',
  severity: 'error',
  needs: ['service', 'endpoints', 'pod'],
  lookAlikes: ['service-endpoints-unready', 'service-selector-unmatched', 'service-target-port-unknown', 'kube-proxy-stuck'],
  subjects: ({ facts }) => map(leftOut(facts), (all) => all.map(({ service }) => ({ kind: 'service', service: nameOf(service) }))),
  judge: ({ service }, view) => {
    const all = leftOut(view.facts);
    if (all.is === 'gap') return unknown(all.gap);
    const left = of(view.facts, service);
    return left === undefined ? absent(all.origins.slice(0, 2)) : ruling(service, left);
  },
  texts: text,
  asks: ({ service }, _, view) => {
    const left = of(view.facts, service);
    return [whole(service), ...(left === undefined || listed(left) > 0 ? [] : serviceAsks(view.facts, left.service))];
  },
  fix: ({ service }, _, view) => {
    const left = of(view.facts, service);
    if (left === undefined) throw new Error(`every pod of ${service} is listed`);
    return fix(view.facts, left);
  },
});
