import { createHash } from 'node:crypto';
import type { Cluster, LabService } from '../../vocabulary.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** kube-proxy's chain suffix: the first 16 base32 characters of a SHA-256. */
export function chainHash(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  const bits = [...digest.subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: 16 }, (_, at) => BASE32[Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2)]).join('');
}

const serviceChain = ({ name, protocol }: LabService): string => `KUBE-SVC-${chainHash(name + protocol)}`;
const endpointChain = ({ name, protocol, targetPort }: LabService, address: string): string =>
  `KUBE-SEP-${chainHash(`${name}${protocol}${address}:${targetPort}`)}`;

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

function serviceRules(service: LabService, network: string): readonly string[] {
  const { name, clusterIp, port, protocol, targetPort, endpoints } = service;
  const chain = serviceChain(service);
  const portal = `-d ${clusterIp}/32 -p ${protocol} -m comment --comment "${name} cluster IP" -m ${protocol} --dport ${port}`;
  const branches = endpoints.map((address, at) => {
    const left = endpoints.length - at;
    const statistic = left > 1 ? ` -m statistic --mode random --probability ${probability(left)}` : '';
    return `-A ${chain} -m comment --comment "${name} -> ${address}:${targetPort}"${statistic} -j ${endpointChain(service, address)}`;
  });
  const targets = endpoints.flatMap((address) => {
    const target = endpointChain(service, address);
    return [
      `-A ${target} -s ${address}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`,
      `-A ${target} -p ${protocol} -m comment --comment "${name}" -m ${protocol} -j DNAT --to-destination ${address}:${targetPort}`,
    ];
  });
  return [`-A KUBE-SERVICES ${portal} -j ${chain}`, `-A ${chain} ! -s ${network} ${portal} -j KUBE-MARK-MASQ`, ...branches, ...targets];
}

/** The filter table's rules: those of every cluster, then a refusal for each Service that nobody stands behind. */
export const kubeFilter = (services: readonly LabService[]): { readonly chains: readonly string[]; readonly rules: readonly string[] } => ({
  chains: KUBE_FILTER.chains,
  rules: [
    ...KUBE_FILTER.rules,
    ...services
      .filter(({ endpoints }) => endpoints.length === 0)
      .map(
        ({ name, clusterIp, port, protocol }) =>
          `-A KUBE-SERVICES -d ${clusterIp}/32 -p ${protocol} -m comment --comment "${name} has no endpoints" -m ${protocol} --dport ${port} -j REJECT --reject-with icmp-port-unreachable`,
      ),
  ],
});

/** The nat table's chains and rules for a cluster's services, in the order in which kube-proxy leaves them. */
export function kubeNat({ services, network }: Pick<Cluster, 'services' | 'network'>): {
  chains: readonly string[];
  rules: readonly string[];
} {
  const served = services.filter(({ endpoints }) => endpoints.length > 0);
  const own = served.flatMap((service) => [serviceChain(service), ...service.endpoints.map((address) => endpointChain(service, address))]);
  return {
    chains: ['KUBE-KUBELET-CANARY', 'KUBE-MARK-MASQ', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-PROXY-CANARY', 'KUBE-SERVICES', ...own],
    rules: [...NAT_START, ...served.flatMap((service) => serviceRules(service, network)), NODEPORTS],
  };
}
