import addressAction, { addAddress } from '#actions/address/preview';
import type { FactOf } from '#facts/kinds';
import { type Ip, ip, parseIp } from '#net/ip';
import { withApi } from '#testing/built/api';
import { dualStack, six } from '#testing/built/dual-stack';
import { cases } from '#testing/cases';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, bridge } = healthy.node('D');
const subject = 'node/D';

type Rule = FactOf<'iptables'>['chains'][number]['rules'][number];

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

const web = healthy.services.find(({ name }) => name === 'default/web:http');
const webIp = ip`${web?.clusterIp ?? ''}`;
const gone = ip`10.100.28.42`;

/** The table of kube-proxy's nftables mode, as far as it leads to default/web. */
const beside = (built: BuiltCluster, endpoints: readonly Ip[], service = 'web'): BuiltCluster => withTable(built, 'ip', endpoints, service);

const withTable = (built: BuiltCluster, family: 'ip' | 'ip6', endpoints: readonly Ip[], service: string): BuiltCluster =>
  withNft(
    built,
    scope,
    `table ${family} kube-proxy {
	map service-ips {
		type ${family === 'ip' ? 'ipv4_addr' : 'ipv6_addr'} . inet_proto . inet_service : verdict
		elements = { ${family === 'ip' ? webIp : six(webIp)} . tcp . 80 : goto service-ULMVA6XW-default/${service}/tcp/http }
	}

	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}

	chain nat-output {
		type nat hook output priority -100; policy accept;
		jump services
	}

	chain services {
		${family} daddr . meta l4proto . th dport vmap @service-ips
	}

	chain service-ULMVA6XW-default/${service}/tcp/http {
		numgen random mod ${endpoints.length} vmap { ${endpoints.map((endpoint, at) => `${at} : goto endpoint-GCUP5IWW-default/${service}/tcp/http__${endpoint}/8080`).join(', ')} }
	}
${endpoints
  .map(
    (endpoint) => `
	chain endpoint-GCUP5IWW-default/${service}/tcp/http__${endpoint}/8080 {
		meta l4proto tcp dnat to ${family === 'ip' ? endpoint : `[${endpoint}]`}:8080
	}
`,
  )
  .join('')}}
`,
  );

const right = (web?.endpoints ?? []).flatMap((endpoint) => parseIp(endpoint) ?? []);
const stale = beside(healthy, [gone]);
const both = healthy.having(dualStack(healthy));
const empty = withNft(healthy, scope, 'table ip kube-proxy {\n\tchain services {\n\t}\n}\n');

const end = (source: Ip, destination: Ip, sourcePort: number, destinationPort: number): FactOf<'conntrack'>['original'] => ({
  source,
  destination,
  sourcePort,
  destinationPort,
  icmp: null,
});

/** A connection to default/web was led to where nobody is. */
const led = (built: BuiltCluster): BuiltCluster =>
  built.put('conntrack', scope, {
    protocol: 'tcp',
    protocolNumber: 6,
    timeoutSeconds: 118,
    state: 'SYN_SENT',
    original: end(healthy.pod('D').address, webIp, 40212, 80),
    reply: end(gone, healthy.pod('D').address, 8080, 40212),
    unreplied: true,
    assured: false,
    mark: 0,
    zone: null,
  });

/** The iptables rules of D lead default/web to where nobody is, as those of a kube-proxy that ran long ago. */
function formerly(built: BuiltCluster): BuiltCluster {
  const partition = built.facts.partition('iptables', scope);
  if (partition === undefined) throw new Error('a node without rules');
  const former = ({ text, target, ...rule }: Rule): Rule =>
    target?.name === 'DNAT' && text.includes('default/web')
      ? {
          ...rule,
          text: text.replace(/to-destination .*/, `to-destination ${gone}:8080`),
          target: { ...target, options: [{ name: 'to-destination', not: false, values: [`${gone}:8080`] }] },
        }
      : { ...rule, text, target };
  const facts = partition.facts.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => ({ ...chain, rules: chain.rules.map(former) })),
  }));
  return built.replace({ ...partition, facts });
}

const others = (built: BuiltCluster): BuiltCluster => ['A', 'B', 'C'].reduce((now, name) => now.withoutNode(name), built);

const clusterIps = healthy.services.flatMap(({ clusterIp }) => parseIp(clusterIp) ?? []);
const own = [...new Set(clusterIps)];
const externals = left(...own, healthy.node('A').address);

/** KUBE-SERVICES of D leads nowhere. */
const flushed = (built: BuiltCluster): BuiltCluster =>
  built.change(
    'iptables',
    scope,
    ({ table }) => table === 'nat',
    (table) => ({ ...table, chains: table.chains.map((one) => (one.name === 'KUBE-SERVICES' ? { ...one, rules: [] } : one)) }),
  );

cases(fault, {
  found: [
    { name: "it holds another node's address, once an external one", facts: externals.facts, subject },
    {
      name: "it holds all other nodes' addresses",
      facts: left(...['A', 'B', 'C'].map((node) => healthy.node(node).address)).facts,
      subject,
    },
    { name: 'the table of nftables mode leads to what is no endpoint', facts: withApi(stale), subject },
    { name: 'the table of nftables mode does so for IPv6', facts: withTable(both, 'ip6', [six(gone)], 'web').facts, subject },
    { name: 'only the other nodes tell what is right', facts: led(stale).facts, subject },
    { name: 'chains of iptables mode led a connection astray', facts: withApi(led(beside(formerly(healthy), right))), subject },
  ],
  absent: [
    { name: 'there is no such device', facts: healthy.facts },
    { name: 'it holds the addresses of Services, which the rules rewrite first', facts: left(...own).facts },
    { name: 'it holds the addresses of Services, and the rules are lost', facts: flushed(left(...own)).facts },
    { name: 'it is so and the Services are listed', facts: withApi(flushed(left(...own))) },
    { name: 'it is empty', facts: left().facts },
    { name: 'the table of nftables mode leads where the chains lead', facts: withApi(beside(healthy, right)) },
    { name: 'it does so for IPv6', facts: withTable(both, 'ip6', right.map(six), 'web').facts },
    { name: 'the table of nftables mode is empty', facts: withApi(empty) },
    { name: 'it leads for a Service that is gone', facts: withApi(beside(healthy, [gone], 'shop')) },
  ],
  unknown: [
    { name: 'nobody tells which mode is right', facts: others(stale).facts, subject },
    { name: 'old chains that no connection was seen to follow', facts: withApi(beside(formerly(healthy), right)), subject },
    { name: 'what nftables holds was not read', facts: withApi(healthy.without('nft', scope)), subject },
    { name: 'no addresses were read', facts: externals.without('address', scope).facts, subject },
    { name: 'no rules were read', facts: externals.without('iptables', scope).without('nft', scope).facts, subject },
  ],
});
