import type { Facts } from '#facts/facts';
import type { ServicePolicy } from '#facts/service/service';
import { edit } from '#facts/edit';
import { type Cidr, cidr } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { USUAL_POLICY } from '#testing/built/api';
import { changedObject, followedCluster } from '#testing/built/following';
import { sentTwice } from '#testing/built/sent-twice';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const VIP = ip`203.0.113.10`;
const built = cluster();
const healthy = followedCluster(built);
const caller = built.pod('B');
const OFFICE = cidr`198.51.100.0/24`;
const PODS = cidr`10.100.0.0/16`;

/** default/web with a balancer's address for some clients only, followed by every kube-proxy. */
function guarded(sourceRanges: readonly Cidr[]): Facts {
  const policy: ServicePolicy = { ...USUAL_POLICY, loadBalancer: [{ address: VIP, hostname: null, mode: 'VIP' }], sourceRanges };
  return changedObject(
    healthy,
    'service',
    ({ name }) => name === 'web',
    (service) => ({ ...service, type: 'LoadBalancer', ports: service.ports.map((port) => ({ ...port, nodePort: 30080 })), policy }),
  );
}

/** A pod calls: its SYN was sent twice, the last time 0.9 s ago. */
const calling = (facts: Facts, to: Ip, port: number, sent = sentTwice(caller.address, to, port)): Facts =>
  edit(facts, [{ op: 'put', kind: 'socket', scope: caller.scope, fact: sent }], 'a caller');
/** Its SYN has just left. */
const fresh = { ...sentTwice(caller.address, VIP, 80), timer: { kind: 'on', expiresMs: 900, retries: 0 } } as const;

const kept = calling(guarded([OFFICE]), VIP, 80);

cases(fault, {
  found: [{ name: 'a pod calls, and only the office may', facts: kept, subject: 'service/default/web' }],
  absent: [
    { name: 'no Service has source ranges', facts: healthy },
    { name: 'nobody calls whom they keep out', facts: guarded([OFFICE]) },
    { name: 'a pod calls, and pods may', facts: calling(guarded([OFFICE, PODS]), VIP, 80) },
    { name: 'a pod calls the node port, which no range guards', facts: calling(guarded([OFFICE]), built.node('A').address, 30080) },
  ],
  unknown: [
    { name: "the rules of the caller's node were not read", facts: kept.without('iptables', onNode('B')) },
    {
      name: 'the SYN of whom they keep out has just left',
      facts: calling(guarded([OFFICE]), VIP, 80, fresh),
      subject: 'service/default/web',
    },
  ],
});
