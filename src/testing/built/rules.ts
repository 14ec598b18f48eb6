import { createHash } from 'node:crypto';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { Ip } from '#net/ip';
import { tableOf } from './rule-text.ts';
import type { BuiltNode, Shape } from './shape.ts';

/** A Service of a built cluster whose kube-proxy rules are on every node. */
export type BuiltService = {
  /** `kube-system/kube-dns:dns`. */
  readonly name: string;
  readonly clusterIp: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly targetPort: number;
  readonly endpoints: readonly Ip[];
};

/** The usual Services, and as many more as the shape asks for. */
export function builtServices(nodes: readonly BuiltNode[], shape: Shape): readonly BuiltService[] {
  const pods = nodes.flatMap(({ pods: own }) => own.map(({ address }) => address));
  const web = nodes.slice(0, 3).flatMap(({ pods: own }) => own.slice(0, 1).map(({ address }) => address));
  const dns = nodes.slice(0, 2).flatMap(({ pods: own }) => own.slice(-1).map(({ address }) => address));
  const first = nodes.slice(0, 1).map(({ address }) => address);
  const usual: BuiltService[] = [
    { name: 'default/kubernetes:https', clusterIp: '10.96.0.1', port: 443, protocol: 'tcp', targetPort: 6443, endpoints: first },
    { name: 'kube-system/kube-dns:dns', clusterIp: '10.96.0.10', port: 53, protocol: 'udp', targetPort: 53, endpoints: dns },
    { name: 'kube-system/kube-dns:dns-tcp', clusterIp: '10.96.0.10', port: 53, protocol: 'tcp', targetPort: 53, endpoints: dns },
    { name: 'default/web:http', clusterIp: '10.96.31.62', port: 80, protocol: 'tcp', targetPort: 8080, endpoints: web },
  ];
  const extra = Array.from({ length: shape.extraServices }, (_, index): BuiltService => {
    const endpoints = [0, 1].flatMap((offset) => pods.slice((index + offset) % pods.length).slice(0, 1));
    const clusterIp = `10.${97 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
    return { name: `shop/s${index}:http`, clusterIp, port: 80, protocol: 'tcp', targetPort: 8080, endpoints };
  });
  return [...usual, ...extra];
}

/** KUBE-SVC- and KUBE-SEP- names are hashes of what they stand for; which hash does not matter here. */
const hashed = (prefix: string, of: string): string =>
  `${prefix}-${createHash('sha256').update(of).digest('hex').toUpperCase().slice(0, 16)}`;

export const serviceChain = (service: BuiltService): string => hashed('KUBE-SVC', service.name);
export const endpointChain = (service: BuiltService, address: Ip): string => hashed('KUBE-SEP', `${service.name} ${address}`);

function serviceRules(service: BuiltService, network: string): readonly string[] {
  const { name, protocol, endpoints } = service;
  const chain = serviceChain(service);
  const portal = `-d ${service.clusterIp}/32 -p ${protocol} -m comment --comment "${name} cluster IP" -m ${protocol} --dport ${service.port}`;
  const branches = endpoints.map((address, at) => {
    const left = endpoints.length - at;
    const statistic = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(11)}` : '';
    return `-A ${chain} -m comment --comment "${name} -> ${address}:${service.targetPort}"${statistic} -j ${endpointChain(service, address)}`;
  });
  const targets = endpoints.flatMap((address) => [
    `-A ${endpointChain(service, address)} -s ${address}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`,
    `-A ${endpointChain(service, address)} -p ${protocol} -m comment --comment "${name}" -m ${protocol} -j DNAT --to-destination ${address}:${service.targetPort}`,
  ]);
  return [`-A KUBE-SERVICES ${portal} -j ${chain}`, `-A ${chain} ! -s ${network} ${portal} -j KUBE-MARK-MASQ`, ...branches, ...targets];
}

const chainsOf = (services: readonly BuiltService[]): readonly string[] =>
  services.flatMap((one) => [`:${serviceChain(one)} -`, ...one.endpoints.map((address) => `:${endpointChain(one, address)} -`)]);

/** The nat table of a node: kube-proxy 1.34's rules, then flanneld 0.28's with -ip-masq=true. */
const natLines = (node: BuiltNode, services: readonly BuiltService[], network: string): readonly string[] => [
  ':PREROUTING ACCEPT',
  ':INPUT ACCEPT',
  ':OUTPUT ACCEPT',
  ':POSTROUTING ACCEPT',
  ...['FLANNEL-POSTRTG', 'KUBE-KUBELET-CANARY', 'KUBE-MARK-MASQ', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-SERVICES'].map(
    (name) => `:${name} -`,
  ),
  ...chainsOf(services),
  '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
  '-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG',
  '-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN',
  `-A FLANNEL-POSTRTG -s ${node.subnet} -d ${network} -m comment --comment "flanneld masq" -j RETURN`,
  `-A FLANNEL-POSTRTG -s ${network} -d ${node.subnet} -m comment --comment "flanneld masq" -j RETURN`,
  `-A FLANNEL-POSTRTG ! -s ${network} -d ${node.subnet} -m comment --comment "flanneld masq" -j RETURN`,
  `-A FLANNEL-POSTRTG -s ${network} ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully`,
  `-A FLANNEL-POSTRTG ! -s ${network} -d ${network} -m comment --comment "flanneld masq" -j MASQUERADE --random-fully`,
  '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
  '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
  '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
  '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
  ...services.flatMap((service) => serviceRules(service, network)),
  '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
];

const filterLines = (network: string): readonly string[] => [
  ':INPUT ACCEPT',
  ':FORWARD ACCEPT',
  ':OUTPUT ACCEPT',
  ...[
    'FLANNEL-FWD',
    'KUBE-EXTERNAL-SERVICES',
    'KUBE-FIREWALL',
    'KUBE-FORWARD',
    'KUBE-KUBELET-CANARY',
    'KUBE-NODEPORTS',
    'KUBE-PROXY-FIREWALL',
    'KUBE-SERVICES',
  ].map((name) => `:${name} -`),
  '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
  '-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS',
  '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
  '-A INPUT -j KUBE-FIREWALL',
  '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
  '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
  '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
  '-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD',
  '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
  '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A OUTPUT -j KUBE-FIREWALL',
  `-A FLANNEL-FWD -s ${network} -m comment --comment "flanneld forward" -j ACCEPT`,
  `-A FLANNEL-FWD -d ${network} -m comment --comment "flanneld forward" -j ACCEPT`,
  '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
  '-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP',
  '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
  '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
];

const MANGLE_LINES = [
  ...['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'].map((name) => `:${name} ACCEPT`),
  ':KUBE-IPTABLES-HINT -',
  ':KUBE-KUBELET-CANARY -',
];

/** The iptables tables of a node, as one iptables-save of its backend lists them. */
export function builtTables(node: BuiltNode, services: readonly BuiltService[], shape: Shape): readonly IptablesTable[] {
  const file = `nodes/${node.name}/iptables-${shape.iptables}-save_-c`;
  let line = 1;
  return (
    [
      ['mangle', MANGLE_LINES],
      ['filter', filterLines(shape.network)],
      ['nat', natLines(node, services, shape.network)],
    ] as const
  ).map(([name, lines]) => {
    const table = tableOf(name, shape.iptables, lines, { file, firstLine: line + 1 });
    line += lines.length + 4;
    return table;
  });
}
