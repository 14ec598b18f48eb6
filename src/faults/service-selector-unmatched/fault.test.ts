import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import endpointSlices from '#intent/endpoint-slices/endpoint-slices';
import { fullSync } from '#intent/kube-proxy/full-sync';
import { CLUSTER } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { withKubeProxy } from '#testing/built/kube-proxy';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = withApi(withKubeProxy(cluster()));

/** The cluster after everybody has followed a change of default/web. */
function changed(to: Partial<FactOf<'service'>>): Facts {
  const services = healthy.partition('service', CLUSTER);
  if (services === undefined) throw new Error('no Services');
  const facts = services.facts.map((one) => (one.name === 'web' ? { ...one, ...to } : one));
  const written = healthy.with({ ...services, facts, looks: services.looks.map((look) => ({ ...look, facts })) } as never);
  const followed = endpointSlices.reacts(healthy, written, { do: 'service-spec', on: CLUSTER, params: {} });
  return ['A', 'B', 'C', 'D'].reduce((now, node) => fullSync(now, node), followed);
}

cases(fault, {
  found: [
    { name: 'by a letter', facts: changed({ selector: { app: 'webb' } }), subject: 'service/default/web' },
    { name: 'by a label that no pod has', facts: changed({ selector: { app: 'web', tier: 'front' } }), subject: 'service/default/web' },
  ],
  absent: [
    { name: 'every Service has its pods', facts: healthy },
    { name: 'nobody has such labels', facts: changed({ selector: { app: 'nightly-import' } }) },
  ],
  unknown: [{ name: 'the pods were not listed', facts: changed({ selector: { app: 'webb' } }).without('pod', CLUSTER) }],
});
