import addressAction, { addAddress } from '#actions/address/preview';
import { type Ip, parseIp } from '#net/ip';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, bridge } = healthy.node('D');
const subject = 'node/D';

/** kube-ipvs0 as IPVS mode leaves it: down, with an address of each Service. */
function left(...addresses: readonly Ip[]): BuiltCluster {
  const [model] = healthy.facts.partition('link', scope)?.facts.filter(({ name }) => name === bridge) ?? [];
  if (model === undefined) throw new Error(`no ${bridge}`);
  const made = healthy.put('link', scope, { ...model, name: 'kube-ipvs0', index: 900, up: false, peerIndex: null });
  return addresses.reduce((now, address) => {
    const added = addressAction.preview(now.facts, addAddress(scope, 'kube-ipvs0', address, 32));
    if (added.is !== 'facts') throw new Error('the address was not added');
    return now.having(added.facts);
  }, made);
}

const clusterIps = healthy.services.flatMap(({ clusterIp }) => parseIp(clusterIp) ?? []);
const own = [...new Set(clusterIps)];
const externals = left(...own, healthy.node('A').address);

cases(fault, {
  found: [
    { name: "it holds another node's address, once an external one", facts: externals.facts, subject },
    {
      name: "it holds all other nodes' addresses",
      facts: left(...['A', 'B', 'C'].map((node) => healthy.node(node).address)).facts,
      subject,
    },
  ],
  absent: [
    { name: 'there is no such device', facts: healthy.facts },
    { name: 'it holds the addresses of Services, which the rules rewrite first', facts: left(...own).facts },
    { name: 'it is empty', facts: left().facts },
  ],
  unknown: [
    { name: 'no addresses were read', facts: externals.without('address', scope).facts, subject },
    { name: 'no rules were read', facts: externals.without('iptables', scope).without('nft', scope).facts, subject },
  ],
});
