import type { FactOf } from '#facts/kinds';
import { CLUSTER } from '#snapshot/scope';
import { changedObject, followedCluster } from '#testing/built/following';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = followedCluster(cluster());
const isWeb = ({ labels }: FactOf<'pod'>): boolean => labels?.['app'] === 'web';
const ready = (is: (pod: FactOf<'pod'>) => boolean | undefined) =>
  changedObject(healthy, 'pod', isWeb, (pod) => ({ ...pod, ready: is(pod) }));
const none = ready(() => false);

cases(fault, {
  found: [{ name: 'none of its pods is ready', facts: none, subject: 'service/default/web' }],
  absent: [
    { name: 'all are ready', facts: healthy },
    { name: 'one still is', facts: ready(({ name }) => name === 'web-a') },
  ],
  unknown: [{ name: 'the pods were not listed', facts: none.without('pod', CLUSTER) }],
});
