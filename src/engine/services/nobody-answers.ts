import type { Facts } from '#facts/facts';
import { type Empty, emptyService, emptyServices, nameOf } from '#intent/endpoint-slices/empty-services';
import { map, type Seen } from '#snapshot/seen';
import { absent, type Ruling, unknown } from '../ruling.ts';
import type { Subject } from '../subject.ts';
import type { View } from '../view.ts';
import { serviceAsks } from './front-check.ts';

export type Service = Extract<Subject, { kind: 'service' }>;

/** What faults of Services with a selector and nobody who answers have in common: whom they judge, and what its clients ask. */
export const nobodyAnswers = {
  area: 'service',
  severity: 'error',
  needs: ['service', 'endpoints', 'pod'],
  subjects: ({ facts }: View): Seen<readonly Service[]> =>
    map(emptyServices(facts), (all) => all.map(({ service }): Service => ({ kind: 'service', service: nameOf(service) }))),
  asks: (subject: Service, _: unknown, { facts }: View) => {
    const empty = emptyService(facts, subject.service);
    return empty.is === 'gap' || empty.value === undefined ? [] : serviceAsks(facts, empty.value.service);
  },
} as const;

/** A ruling on a Service as long as nobody answers for it. */
export const whileEmpty =
  <Found>(ruling: (empty: Empty, facts: Facts) => Ruling<Found>) =>
  (subject: Service, { facts }: View): Ruling<Found> => {
    const empty = emptyService(facts, subject.service);
    if (empty.is === 'gap') return unknown(empty.gap);
    return empty.value === undefined ? absent([]) : ruling(empty.value, facts);
  };

/** What was found of a Service that nobody answers for; throws where it was not, which is a bug of its caller. */
export function foundEmpty({ facts }: View, { service }: Service): Empty {
  const empty = emptyService(facts, service);
  if (empty.is === 'gap' || empty.value === undefined) throw new Error(`${service} has endpoints`);
  return empty.value;
}
