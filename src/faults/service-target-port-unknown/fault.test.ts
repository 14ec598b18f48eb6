import type { FactOf } from '#facts/kinds';
import { CLUSTER } from '#snapshot/scope';
import { changedObject, followedCluster } from '#testing/built/following';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

type Pod = FactOf<'pod'>;

const ports: NonNullable<Pod['ports']> = [
  { name: 'http', port: 8080, protocol: 'TCP', host: null },
  { name: 'stats', port: 8125, protocol: 'UDP', host: null },
];
const healthy = changedObject(
  followedCluster(cluster()),
  'pod',
  () => true,
  (pod) => ({ ...pod, ports }),
);
const target = (targetPort: string) =>
  changedObject(
    healthy,
    'service',
    ({ name }) => name === 'web',
    (service) => ({ ...service, ports: service.ports.map((port) => ({ ...port, targetPort })) }),
  );

cases(fault, {
  found: [
    { name: 'a name that no container has', facts: target('web'), subject: 'service/default/web' },
    { name: 'the name of a port of another protocol', facts: target('stats'), subject: 'service/default/web' },
  ],
  absent: [
    { name: 'a number', facts: healthy },
    { name: 'a name that is there', facts: target('http') },
  ],
  unknown: [
    { name: 'the pods were not listed', facts: target('web').without('pod', CLUSTER) },
    {
      name: 'the ports of the containers were not told',
      facts: changedObject(
        target('web'),
        'pod',
        () => true,
        ({ ports: _, ...pod }) => pod,
      ),
      subject: 'service/default/web',
    },
  ],
});
