import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { fullSync } from '#intent/kube-proxy/full-sync';
import { CLUSTER } from '#snapshot/scope';
import { dualStack } from '#testing/built/dual-stack';
import { changedObject, followedCluster } from '#testing/built/following';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = followedCluster(cluster());

type Slice = FactOf<'endpoints'>;

/** The slice of default/web changed by nobody's controller, and every kube-proxy following it. */
function sliced(facts: Facts, change: (slice: Slice) => Slice): Facts {
  const slices = facts.partition('endpoints', CLUSTER);
  if (slices === undefined) throw new Error('no slices');
  const own = slices.facts.map((slice) => (slice.service === 'web' ? change(slice) : slice));
  const written = facts.with({ ...slices, facts: own, looks: slices.looks.map((look) => ({ ...look, facts: own })) } as never);
  return written.nodes().reduce((now, node) => fullSync(now, node), written);
}

const without = (at: number) => (slice: Slice) => ({ ...slice, addresses: slice.addresses.toSpliced(at, 1) });
const isB = ({ name }: { readonly name: string }): boolean => name === 'web-b';

/** The slice of IPv6 alone. */
const six = dualStack(cluster());
const slicedSix = (change: (slice: Slice) => Slice): Facts => sliced(six, (slice) => (slice.family === 6 ? change(slice) : slice));

const service = 'service/default/web';
const nobody = sliced(healthy, (slice) => ({ ...slice, addresses: [] }));
const unready = changedObject(healthy, 'pod', isB, (pod) => ({ ...pod, ready: false }));
const byHand = changedObject(
  healthy,
  'service',
  ({ name }) => name === 'web',
  (one) => ({ ...one, selector: null }),
);

cases(fault, {
  found: [
    { name: 'the slice lists nobody', facts: nobody, subject: service },
    { name: 'one of three is not listed', facts: sliced(healthy, without(1)), subject: service },
    { name: 'one is listed by its address of IPv4 alone', facts: slicedSix(without(0)), subject: service },
    { name: 'the slice of IPv6 lists nobody', facts: slicedSix((slice) => ({ ...slice, addresses: [] })), subject: service },
  ],
  absent: [
    { name: 'all are listed', facts: healthy },
    { name: 'all are listed by both of their addresses', facts: six },
    { name: 'one that is not ready is not listed', facts: sliced(unready, without(1)) },
    { name: 'a Service without a selector leads to some', facts: sliced(byHand, without(1)) },
  ],
  unknown: [{ name: 'the pods were not listed', facts: nobody.without('pod', CLUSTER) }],
});
