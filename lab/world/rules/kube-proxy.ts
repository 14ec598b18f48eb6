import type { Cluster, LabService } from '../../vocabulary.ts';
import { chainHash } from './chain-hash.ts';
import { healthCheck, outwardFilter, outwardRules, turnedAway } from './kube-outward.ts';

const serviceChain = ({ name, protocol }: LabService): string => `KUBE-SVC-${chainHash(name + protocol)}`;
const endpointChain = ({ name, protocol, targetPort }: LabService, address: string): string =>
  `KUBE-SEP-${chainHash(`${name}${protocol}${address}:${targetPort}`)}`;

const localChain = ({ name, protocol }: LabService): string => `KUBE-SVL-${chainHash(name + protocol)}`;

/** Whether clients outside are led to this node's own endpoints only. */
const usesLocal = ({ outward }: LabService): boolean =>
  outward?.isExternalLocal === true &&
  outward.here.length > 0 &&
  (outward.nodePort !== null || outward.externalIps.length + outward.balancers.length > 0);

/** `0.33333333349`: what iptables-save prints for one third, which the kernel keeps as a fraction of 2³¹. */
const probability = (of: number): string => (Math.round(2 ** 31 / of) / 2 ** 31).toFixed(11);

/** The chains of kube-proxy v1.34 in the filter table; its nfacct rule needs an object that most kernels lack. */
export const KUBE_FILTER = {
  chains: [
    'KUBE-EXTERNAL-SERVICES',
    'KUBE-FIREWALL',
    'KUBE-FORWARD',
    'KUBE-KUBELET-CANARY',
    'KUBE-NODEPORTS',
    'KUBE-PROXY-CANARY',
    'KUBE-PROXY-FIREWALL',
    'KUBE-SERVICES',
  ],
  rules: [
    '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
    '-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS',
    '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
    '-A INPUT -j KUBE-FIREWALL',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
    '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
    '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
    '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -j KUBE-FIREWALL',
    '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  ],
} as const;

/** The chains that kubelet and kube-proxy leave in the mangle table. */
export const KUBE_MANGLE = { chains: ['KUBE-IPTABLES-HINT', 'KUBE-KUBELET-CANARY', 'KUBE-PROXY-CANARY'] } as const;

const NAT_START = [
  '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
  '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
  '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
  '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
  '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
];
const NODEPORTS =
  '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS';

/** How a chain picks among endpoints: the client's last one first, where it stays with it, else by chance. */
function picks(service: LabService, chain: string, endpoints: readonly string[]): readonly string[] {
  const { name, targetPort, outward } = service;
  const toward = (address: string, how: string): string =>
    `-A ${chain} -m comment --comment "${name} -> ${address}:${targetPort}"${how} -j ${endpointChain(service, address)}`;
  const seconds = outward?.affinitySeconds ?? null;
  const kept =
    seconds === null ? [] : endpoints.map((address) => toward(address, recent(service, address, `--rcheck --seconds ${seconds} --reap`)));
  const byChance = endpoints.map((address, at) => {
    const left = endpoints.length - at;
    return toward(address, left > 1 ? ` -m statistic --mode random --probability ${probability(left)}` : '');
  });
  return [...kept, ...byChance];
}

/** The kernel's list of an endpoint's clients. */
const recent = (service: LabService, address: string, how: string): string =>
  ` -m recent ${how} --name ${endpointChain(service, address)} --mask 255.255.255.255 --rsource`;

function serviceRules(service: LabService, network: string): readonly string[] {
  const { name, clusterIp, port, protocol, targetPort, endpoints, outward } = service;
  const chain = serviceChain(service);
  const portal = `-d ${clusterIp}/32 -p ${protocol} -m comment --comment "${name} cluster IP" -m ${protocol} --dport ${port}`;
  const targets = endpoints.flatMap((address) => {
    const target = endpointChain(service, address);
    const remembered = (outward?.affinitySeconds ?? null) === null ? '' : recent(service, address, '--set');
    return [
      `-A ${target} -s ${address}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`,
      `-A ${target} -p ${protocol} -m comment --comment "${name}"${remembered} -m ${protocol} -j DNAT --to-destination ${address}:${targetPort}`,
    ];
  });
  return [
    `-A KUBE-SERVICES ${portal} -j ${chain}`,
    ...(outward === undefined ? [] : outwardRules(service, outward, network).nat),
    `-A ${chain} ! -s ${network} ${portal} -j KUBE-MARK-MASQ`,
    ...picks(service, chain, endpoints),
    ...(usesLocal(service) ? picks(service, localChain(service), outward?.here ?? []) : []),
    ...targets,
  ];
}

/** The filter table's rules: those of every cluster, then a refusal for each Service that nobody stands behind. */
export const kubeFilter = (services: readonly LabService[]): { readonly chains: readonly string[]; readonly rules: readonly string[] } => ({
  chains: KUBE_FILTER.chains,
  rules: [...KUBE_FILTER.rules, ...services.flatMap(filterRules)],
});

function filterRules(service: LabService): readonly string[] {
  const { name, clusterIp, port, protocol, endpoints, outward } = service;
  if (endpoints.length > 0) return outward === undefined ? [] : outwardFilter(service, outward);
  const refused = 'REJECT --reject-with icmp-port-unreachable';
  const portal = `-A KUBE-SERVICES -d ${clusterIp}/32 -p ${protocol} -m comment --comment "${name} has no endpoints" -m ${protocol} --dport ${port} -j ${refused}`;
  if (outward === undefined) return [portal];
  return [portal, ...turnedAway(service, outward, 'has no endpoints', refused), ...healthCheck(service, outward)];
}

/** The nat table's chains and rules for a cluster's services, in the order in which kube-proxy leaves them. */
export function kubeNat({ services, network }: Pick<Cluster, 'services' | 'network'>): {
  chains: readonly string[];
  rules: readonly string[];
} {
  const served = services.filter(({ endpoints }) => endpoints.length > 0);
  const outward = served.flatMap((service) => (service.outward === undefined ? [] : [outwardRules(service, service.outward, network)]));
  const own = served.flatMap((service) => [
    serviceChain(service),
    ...(usesLocal(service) ? [localChain(service)] : []),
    ...service.endpoints.map((address) => endpointChain(service, address)),
  ]);
  return {
    chains: [
      'KUBE-KUBELET-CANARY',
      'KUBE-MARK-MASQ',
      'KUBE-NODEPORTS',
      'KUBE-POSTROUTING',
      'KUBE-PROXY-CANARY',
      'KUBE-SERVICES',
      ...own,
      ...outward.flatMap(({ chains }) => chains),
    ],
    rules: [
      ...NAT_START,
      ...served.flatMap((service) => serviceRules(service, network)),
      ...outward.flatMap(({ nodePorts }) => nodePorts),
      NODEPORTS,
    ],
  };
}
