import { CLUSTER } from '#snapshot/scope';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const node = healthy.node('D');
const subject = 'node/D';
const onBridge = ({ dev }: { readonly dev: string }): boolean => dev === node.bridge;

/** Docker's own range on the bridge. */
const docker = healthy.change('address', node.scope, onBridge, { address: ip`172.17.0.1`, length: 16, broadcast: ip`172.17.255.255` });
/** flanneld drew another subnet; the bridge kept the old one. */
const drawn = cidr`10.100.17.0/24`;
const another = healthy
  .change('subnet-env', node.scope, () => true, { subnet: drawn, gateway: ip`10.100.17.1` })
  .change('address', node.scope, ({ dev }) => dev === node.vtep.device, { address: ip`10.100.17.0` })
  .change('lease', CLUSTER, node.subnet, {
    subnet: drawn,
    store: { in: 'etcd', key: '/coreos.com/network/subnets/10.100.17.0-24', api: 3 },
  });
const second = {
  dev: node.bridge,
  address: ip`172.17.0.1`,
  length: 16,
  peer: null,
  broadcast: null,
  scope: 'global',
  secondary: false,
  deprecated: false,
  label: null,
};

cases(fault, {
  found: [
    { name: "the bridge has Docker's own range", facts: docker.facts, subject },
    { name: 'flanneld drew another subnet since', facts: another.facts, subject },
  ],
  absent: [
    { name: 'every bridge lies in its subnet', facts: healthy.facts },
    { name: 'the bridge has a second address', facts: healthy.put('address', node.scope, second).facts },
  ],
  unknown: [
    { name: "the node's addresses were not read", facts: docker.without('address', node.scope).facts, subject },
    {
      name: 'what flanneld wrote down was not read',
      facts: docker.without('subnet-env', node.scope).without('lease', CLUSTER).facts,
      subject,
    },
  ],
});
