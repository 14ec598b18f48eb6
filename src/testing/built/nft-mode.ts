import { createHash } from 'node:crypto';
import { withNft } from '../nft-text.ts';
import type { BuiltCluster } from '../world-builder.ts';
import type { BuiltService } from './rules.ts';

/** Names hold a hash of what they stand for (base 32); which hash does not matter here. */
const hashed = (of: string): string =>
  createHash('sha256')
    .update(of)
    .digest('hex')
    .toUpperCase()
    .replaceAll(/[0189]/g, 'A')
    .slice(0, 8);

const portPath = ({ name, protocol }: BuiltService): string => {
  const [service = '', port = ''] = name.split(':');
  return `${service}/${protocol}/${port}`;
};

const serviceChain = (service: BuiltService): string => `service-${hashed(service.name)}-${portPath(service)}`;
const targetOf = (service: BuiltService, address: string): string =>
  `${hashed(`${service.name} ${address}`)}-${portPath(service)}__${address}/${service.targetPort}`;

function chainsOf(service: BuiltService, network: string, keptSeconds: number | null): string {
  const { clusterIp, protocol, targetPort, endpoints } = service;
  const targets = endpoints.map((address) => targetOf(service, address));
  const ends = endpoints.map(
    (address, at) => `	chain endpoint-${targets[at]} {
		ip saddr ${address} jump mark-for-masquerade
${keptSeconds === null ? '' : `		update @affinity-${targets[at]} { ip saddr }\n`}		meta l4proto ${protocol} dnat to ${address}:${targetPort}
	}
`,
  );
  const kept = keptSeconds === null ? [] : targets.map((target) => `		ip saddr @affinity-${target} goto endpoint-${target}\n`);
  const picks = targets.map((target, at) => `${at} : goto endpoint-${target}`).join(', ');
  return `${ends.join('')}	chain ${serviceChain(service)} {
		ip daddr ${clusterIp} ip saddr != ${network} jump mark-for-masquerade
${kept.join('')}		numgen random mod ${endpoints.length} vmap { ${picks} }
	}
`;
}

const setsOf = (service: BuiltService, seconds: number | null): string =>
  seconds === null
    ? ''
    : service.endpoints
        .map(
          (address) => `	set affinity-${targetOf(service, address)} {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout ${seconds}s
		elements = { 10.100.200.${address.split('.')[2]} }
	}
`,
        )
        .join('');

/** kube-proxy's table of nftables mode (v1.34), as far as it decides where packets to Services go. */
function table(services: readonly BuiltService[], network: string, keptSeconds: number | null): string {
  const fronts = services.map((service) => `${service.clusterIp} . ${service.protocol} . ${service.port} : goto ${serviceChain(service)}`);
  return `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { ${fronts.join(',\n\t\t\t     ')} }
	}
${services.map((service) => setsOf(service, keptSeconds)).join('')}	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}
	chain nat-output {
		type nat hook output priority -100; policy accept;
		jump services
	}
	chain nat-postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		jump masquerading
	}
	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
	}
	chain masquerading {
		meta mark & 0x00004000 == 0x00000000 return
		meta mark set meta mark ^ 0x00004000
		masquerade fully-random
	}
	chain mark-for-masquerade {
		meta mark set meta mark | 0x00004000
	}
${services.map((service) => chainsOf(service, network, keptSeconds)).join('')}}
`;
}

/** The cluster with its Services served by kube-proxy's nftables mode instead: no KUBE chain is left. */
export function inNftMode(built: BuiltCluster, keptSeconds: number | null = null): BuiltCluster {
  const text = table(built.services, built.shape.network, keptSeconds);
  return built.nodes.reduce((now, { scope }) => {
    const partition = now.facts.partition('iptables', scope);
    if (partition === undefined) return now;
    const facts = partition.facts.map((one) => ({
      ...one,
      chains: one.chains
        .filter(({ name }) => !name.startsWith('KUBE-'))
        .map((chain) => ({ ...chain, rules: chain.rules.filter(({ target }) => target?.name.startsWith('KUBE-') !== true) })),
    }));
    return withNft(now.replace({ ...partition, facts }), scope, text);
  }, built);
}
