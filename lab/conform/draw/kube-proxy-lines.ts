import type { Family, Table } from './rule.ts';

/** A Service as kube-proxy sees it. */
export type DrawnService = {
  readonly id: string;
  readonly family: Family;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly targetPort: number;
  readonly endpoints: readonly string[];
  readonly nodePort: number | null;
  /** An address of a load balancer. */
  readonly outside: string | null;
  /** From where that may be asked. */
  readonly sourceRange: string | null;
  /** externalTrafficPolicy: Local, and all endpoints are of other nodes. */
  readonly isLocal: boolean;
  /** The network of pods. */
  readonly pods: string;
};

/** One rule, with the table that it stands in. */
export type TableLine = readonly [Table, string];

/** The chains that are there without any Service, as kube-proxy 1.34 writes them (pkg/proxy/iptables/proxier.go syncProxyRules). */
export const sharedLines = (): readonly TableLine[] => [
  ['filter', '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'],
  ['filter', '-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS'],
  [
    'filter',
    '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
  ],
  ['filter', ':KUBE-NODEPORTS -'],
  ['filter', ':KUBE-PROXY-FIREWALL -'],
  ['filter', ':KUBE-EXTERNAL-SERVICES -'],
  ['filter', ':KUBE-SERVICES -'],
  ['filter', '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'],
  ['filter', '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD'],
  ['filter', '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  [
    'filter',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
  ],
  ['filter', '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'],
  ['filter', '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['filter', '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP'],
  ['filter', '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT'],
  [
    'filter',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  ],
  ['nat', '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['nat', '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['nat', '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'],
  ['nat', ':KUBE-NODEPORTS -'],
  ['nat', '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000'],
  ['nat', '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN'],
  ['nat', '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0'],
  ['nat', '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully'],
];

const whole = ({ family }: DrawnService, address: string): string => `${address}/${family === 4 ? 32 : 128}`;

/** Where a port of a Service is asked for. */
const at = (service: DrawnService, address: string): string =>
  `-d ${whole(service, address)} -p ${service.protocol} -m ${service.protocol} --dport ${service.port}`;

/** What one Service adds. Without endpoints it is refused; with others' endpoints alone its outside is dropped. */
export function serviceLines(service: DrawnService): readonly TableLine[] {
  const { id, address, endpoints, nodePort, outside, protocol } = service;
  if (endpoints.length === 0) {
    const refusal = '-m comment --comment "default/x has no endpoints" -j REJECT --reject-with';
    const reject = `${refusal} ${service.family === 4 ? 'icmp' : 'icmp6'}-port-unreachable`;
    return [
      ['filter', `-A KUBE-SERVICES ${at(service, address)} ${reject}`],
      ...(outside === null ? [] : [['filter', `-A KUBE-EXTERNAL-SERVICES ${at(service, outside)} ${reject}`] as const]),
      ...(nodePort === null
        ? []
        : [
            [
              'filter',
              `-A KUBE-EXTERNAL-SERVICES -p ${protocol} -m addrtype --dst-type LOCAL -m ${protocol} --dport ${nodePort} ${reject}`,
            ] as const,
          ]),
    ];
  }
  const external = nodePort !== null || outside !== null;
  return [
    ['nat', `-A KUBE-SERVICES ${at(service, address)} -j KUBE-SVC-${id}`],
    ...(outside === null ? [] : outsideLines(service, outside)),
    ...(nodePort === null
      ? []
      : [['nat', `-A KUBE-NODEPORTS -p ${protocol} -m ${protocol} --dport ${nodePort} -j KUBE-EXT-${id}`] as const]),
    ...(external ? externalLines(service) : []),
    ['nat', `-A KUBE-SVC-${id} ! -s ${service.pods} ${at(service, address)} -j KUBE-MARK-MASQ`],
    ...endpointLines(service),
  ];
}

/** A load balancer's address: its chain for source ranges, and what they do not let in. */
function outsideLines(service: DrawnService, outside: string): readonly TableLine[] {
  const { id, sourceRange } = service;
  if (sourceRange === null) return [['nat', `-A KUBE-SERVICES ${at(service, outside)} -j KUBE-EXT-${id}`]];
  return [
    ['nat', `-A KUBE-SERVICES ${at(service, outside)} -j KUBE-FW-${id}`],
    ['nat', `-A KUBE-FW-${id} -s ${sourceRange} -m comment --comment "default/x loadbalancer IP" -j KUBE-EXT-${id}`],
    ['nat', `-A KUBE-FW-${id} -m comment --comment "other traffic to default/x will be dropped by KUBE-PROXY-FIREWALL"`],
    [
      'filter',
      `-A KUBE-PROXY-FIREWALL ${at(service, outside)} -m comment --comment "default/x traffic not accepted by KUBE-FW-${id}" -j DROP`,
    ],
  ];
}

/** What comes from outside: to every endpoint by masquerading, or to this node's own, of which there are none here. */
function externalLines(service: DrawnService): readonly TableLine[] {
  const { id, isLocal, pods } = service;
  if (!isLocal)
    return [
      ['nat', `-A KUBE-EXT-${id} -m comment --comment "masquerade traffic for default/x external destinations" -j KUBE-MARK-MASQ`],
      ['nat', `-A KUBE-EXT-${id} -j KUBE-SVC-${id}`],
    ];
  return [
    ['nat', `-A KUBE-EXT-${id} -s ${pods} -m comment --comment "pod traffic for default/x external destinations" -j KUBE-SVC-${id}`],
    [
      'nat',
      `-A KUBE-EXT-${id} -m comment --comment "masquerade LOCAL traffic for default/x" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
    ],
    ['nat', `-A KUBE-EXT-${id} -m comment --comment "route LOCAL traffic for default/x" -m addrtype --src-type LOCAL -j KUBE-SVC-${id}`],
    ['nat', `-A KUBE-EXT-${id} -j KUBE-SVL-${id}`],
    ['nat', `:KUBE-SVL-${id} -`],
    ...(service.outside === null
      ? []
      : [
          [
            'filter',
            `-A KUBE-EXTERNAL-SERVICES ${at(service, service.outside)} -m comment --comment "default/x has no local endpoints" -j DROP`,
          ] as const,
        ]),
  ];
}

/** One endpoint of several by chance, each with its own chain. */
function endpointLines({ id, endpoints, family, protocol, targetPort, ...service }: DrawnService): readonly TableLine[] {
  const choose = endpoints.map((_, index): TableLine => {
    const left = endpoints.length - index;
    const chance = left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(11)} `;
    return ['nat', `-A KUBE-SVC-${id} -m comment --comment "default/x" ${chance}-j KUBE-SEP-${id}-${index}`];
  });
  const chains = endpoints.flatMap((endpoint, index): readonly TableLine[] => {
    const to = family === 4 ? `${endpoint}:${targetPort}` : `[${endpoint}]:${targetPort}`;
    const source = whole({ id, endpoints, family, protocol, targetPort, ...service }, endpoint);
    return [
      ['nat', `-A KUBE-SEP-${id}-${index} -s ${source} -m comment --comment "default/x" -j KUBE-MARK-MASQ`],
      ['nat', `-A KUBE-SEP-${id}-${index} -p ${protocol} -m comment --comment "default/x" -m ${protocol} -j DNAT --to-destination ${to}`],
    ];
  });
  return [...choose, ...chains];
}
