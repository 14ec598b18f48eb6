import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const owner = healthy.node('D');
const peers = healthy.nodes.filter(({ name }) => name !== 'D');
const subject = `lease/${owner.subnet}`;
const machine = healthy.node('B');

/** D's lease names B's address; the peers have taken it in: the same MAC, another machine behind it. */
const wrong = pointed(healthy);

function pointed(built: BuiltCluster): BuiltCluster {
  const leased = built.change('lease', CLUSTER, owner.subnet, (lease) => ({
    ...lease,
    publicIp: machine.address,
    value: lease.value?.replace(owner.address, machine.address),
  }));
  return peers.reduce(
    (now, { scope, vtep }) =>
      now.change('fdb', scope, (one) => one.dev === vtep.device && one.mac === owner.vtep.mac, { dst: machine.address }),
    leased,
  );
}

cases(fault, {
  found: [
    { name: "the lease has another node's address", facts: wrong.facts, subject },
    { name: 'only one peer was captured', facts: wrong.withoutNode('C').facts, subject },
  ],
  absent: [
    { name: 'every lease points to its node', facts: healthy.facts },
    {
      name: 'a wrong lease that no peer follows',
      facts: healthy.change('lease', CLUSTER, owner.subnet, { publicIp: machine.address }).facts,
      subject,
    },
  ],
  unknown: [
    { name: 'the node that lives in the subnet was not captured', facts: wrong.withoutNode('D').facts, subject },
    { name: 'its addresses were not read', facts: wrong.without('address', owner.scope).facts, subject },
    { name: 'no lease was read', facts: wrong.without('lease', CLUSTER).facts },
  ],
});
