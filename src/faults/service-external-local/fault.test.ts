import type { Facts } from '#facts/facts';
import type { ServicePolicy } from '#facts/service/service';
import { ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { USUAL_POLICY } from '#testing/built/api';
import { changedObject, followedCluster } from '#testing/built/following';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const VIP = ip`203.0.113.10`;
const healthy = followedCluster(cluster());

/** default/web with a balancer's address that kube-vip announces at a node, followed by every kube-proxy. */
function published(more: Partial<ServicePolicy>, host: string): Facts {
  const policy: ServicePolicy = {
    ...USUAL_POLICY,
    loadBalancer: [{ address: VIP, hostname: null, mode: 'VIP' }],
    annotations: { 'kube-vip.io/vipHost': host },
    ...more,
  };
  return changedObject(
    healthy,
    'service',
    ({ name }) => name === 'web',
    (service) => ({ ...service, type: 'LoadBalancer', ports: service.ports.map((port) => ({ ...port, nodePort: 30080 })), policy }),
  );
}

const subject = 'service/default/web';
// D has no pod of default/web
const bare = published({ external: 'Local', healthCheckNodePort: 32100 }, 'D');

cases(fault, {
  found: [{ name: 'the address is announced at a node without an endpoint', facts: bare, subject }],
  absent: [
    { name: 'no Service binds clients to a node', facts: healthy },
    { name: 'the address is announced where an endpoint is', facts: published({ external: 'Local' }, 'A') },
    { name: 'any endpoint will do', facts: published({}, 'D') },
    { name: 'a balancer that nobody captured asks the nodes first', facts: published({ external: 'Local', annotations: {} }, 'D') },
  ],
  unknown: [
    {
      name: 'it has no endpoint anywhere, for which all clients are refused alike',
      facts: changedObject(
        bare,
        'service',
        ({ name }) => name === 'web',
        (service) => ({ ...service, selector: { app: 'webb' } }),
      ),
      subject,
    },
    { name: 'the slices were not listed', facts: bare.without('endpoints', CLUSTER), subject },
    { name: 'the rules of the node were not read', facts: bare.without('iptables', onNode('D')), subject },
  ],
});
