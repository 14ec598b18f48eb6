import { type Cluster, type LabNode, type LabService, type Line, onNode, onSwitch, type Probe, scenario } from '#lab/vocabulary';

/** One of the two nodes whose second pods answer DNS. */
function dying({ nodes, dice }: Cluster): LabNode {
  const node = nodes[dice(2)];
  if (node === undefined) throw new Error('a cluster without nodes');
  return node;
}

const others = ({ nodes }: Cluster, { name }: LabNode): readonly LabNode[] => nodes.filter((node) => node.name !== name);

const PID = '/run/ordinary-traffic.pid';

/**
 * The kernel comes to FAILED by itself within a minute (STALE, DELAY, PROBE); here it forgets first, and the traffic that every
 * cluster has makes it ask.
 */
const traffic = (node: LabNode, { address }: LabNode): readonly Line[] => [
  onNode(node, `ip neigh flush to ${address} dev ${node.uplink}`),
  onNode(node, `bash -c 'while echo >/dev/udp/${address}/9; do sleep 0.2; done' >/dev/null 2>&1 & echo $! >${PID}`),
];

const quiet = (node: LabNode, { address }: LabNode): readonly Line[] => [
  onNode(node, `kill $(cat ${PID})`),
  onNode(node, `ip neigh flush to ${address} dev ${node.uplink}`),
];

const dns = ({ services }: Cluster): string => services.find(({ port, protocol }) => port === 53 && protocol === 'udp')?.clusterIp ?? '';

/** So many that not one of them draws the dead one happens once in half a million runs. */
const TIMES = 20;
const asking = (cluster: Cluster, node: LabNode): Probe => ({
  from: { pod: node.pods[0].name },
  to: dns(cluster),
  protocol: 'udp',
  port: 53,
  times: TIMES,
});

/** The chain of the DNS Service, read as a person would. */
const CHAIN = `$(iptables -t nat -S KUBE-SERVICES | sed -n 's/.*kube-dns:dns cluster IP.* -j \\(KUBE-SVC-[A-Z0-9]*\\)$/\\1/p')`;
/** The chain of one endpoint of it. */
const endpointChain = (address: string): string =>
  `$(iptables -t nat -S | sed -n 's/^-A \\(KUBE-SEP-[A-Z0-9]*\\) -p udp .*--to-destination ${address}:53$/\\1/p')`;

const endpoints = ({ services }: Cluster): readonly string[] =>
  services.find(({ port, protocol }) => port === 53 && protocol === 'udp')?.endpoints ?? [];

const NAMED = '-m comment --comment kube-system/kube-dns:dns';
const toEndpoint = (chain: string, address: string, kept: string): string =>
  `iptables -t nat -R ${chain} 2 -p udp ${NAMED}${kept} -m udp -j DNAT --to-destination ${address}:53`;
const lastingHours = (chain: string): string => `-m recent --rcheck --seconds 10800 --reap --name ${chain} --rsource -j ${chain}`;

/** The DNS Service keeps its clients: sessionAffinity ClientIP, as kube-proxy writes it. */
const keeping = (cluster: Cluster, node: LabNode): readonly Line[] =>
  endpoints(cluster).map((address) =>
    onNode(
      node,
      `sep=${endpointChain(address)}; iptables -t nat -I ${CHAIN} 2 ${NAMED} ${lastingHours('$sep')} && ${toEndpoint('$sep', address, ' -m recent --set --name $sep --rsource')}`,
    ),
  );

const notKeeping = (cluster: Cluster, node: LabNode): readonly Line[] =>
  endpoints(cluster).map((address) =>
    onNode(
      node,
      `sep=${endpointChain(address)}; iptables -t nat -D ${CHAIN} ${NAMED} ${lastingHours('$sep')}; ${toEndpoint('$sep', address, '')}`,
    ),
  );

/** A client that was answered by this endpoint before. */
const keptAt = (node: LabNode, client: string, address: string): Line =>
  onNode(node, `echo +${client} >/proc/net/xt_recent/${endpointChain(address)}`);

const TABLE = 'ip kube-proxy';
const BEFORE = '/run/rules-of-iptables-mode';

const portPath = ({ name, protocol }: LabService): string => name.replace(/:?([^:]*)$/, `/${protocol}/$1`);

/** One Service as kube-proxy v1.34 writes it in nftables mode. */
function nftService(service: LabService, at: number, network: string): readonly string[] {
  const { clusterIp, port, protocol, targetPort, endpoints: all } = service;
  const path = portPath(service);
  const chain = `service-AAAAAAA${'ABCDEFGHIJKLMNOP'[at]}-${path}`;
  const target = (address: string): string => `endpoint-BBBBBBB${'ABCDEFGHIJKLMNOP'[at]}-${path}__${address}/${targetPort}`;
  return [
    ...all.flatMap((address) => [
      `add chain ${TABLE} ${target(address)}`,
      `add rule ${TABLE} ${target(address)} ip saddr ${address} jump mark-for-masquerade`,
      `add rule ${TABLE} ${target(address)} meta l4proto ${protocol} dnat to ${address}:${targetPort}`,
    ]),
    `add chain ${TABLE} ${chain}`,
    `add rule ${TABLE} ${chain} ip daddr ${clusterIp} ip saddr != ${network} jump mark-for-masquerade`,
    `add rule ${TABLE} ${chain} numgen random mod ${all.length} vmap { ${all.map((address, place) => `${place} : goto ${target(address)}`).join(', ')} }`,
    `add element ${TABLE} service-ips { ${clusterIp} . ${protocol} . ${port} : goto ${chain} }`,
  ];
}

/** kube-proxy was switched to its nftables mode, and took the chains of iptables mode away. */
function inNftMode({ services, network }: Cluster, node: LabNode): readonly Line[] {
  const table = [
    `add table ${TABLE}`,
    `add map ${TABLE} service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }`,
    ...['services', 'mark-for-masquerade', 'masquerading'].map((chain) => `add chain ${TABLE} ${chain}`),
    `add rule ${TABLE} mark-for-masquerade meta mark set meta mark or 0x4000`,
    `add rule ${TABLE} masquerading meta mark and 0x4000 == 0 return`,
    `add rule ${TABLE} masquerading meta mark set meta mark xor 0x4000`,
    `add rule ${TABLE} masquerading masquerade fully-random`,
    `add rule ${TABLE} services ip daddr . meta l4proto . th dport vmap @service-ips`,
    ...services.filter(({ endpoints: all }) => all.length > 0).flatMap((service, at) => nftService(service, at, network)),
    ...['prerouting', 'output'].flatMap((hook) => [
      `add chain ${TABLE} nat-${hook} { type nat hook ${hook} priority -100; policy accept; }`,
      `add rule ${TABLE} nat-${hook} jump services`,
    ]),
    `add chain ${TABLE} nat-postrouting { type nat hook postrouting priority 100; policy accept; }`,
    `add rule ${TABLE} nat-postrouting jump masquerading`,
  ];
  return [
    onNode(node, `iptables-save >${BEFORE}`),
    onNode(node, `grep -v KUBE- ${BEFORE} | iptables-restore`),
    ...table.map((words) => onNode(node, `nft '${words}'`)),
  ];
}

const inIptablesMode = (node: LabNode): readonly Line[] => [
  onNode(node, `nft delete table ${TABLE}`),
  onNode(node, `iptables-restore <${BEFORE}`),
];

const UNREACHED = 'KUBE-SEP-AAAAAAAAAAAAAAAA';

export default scenario({
  fault: 'service-endpoint-dead',
  title: { en: 'a node with a DNS server dies, and the rules still lead there', zh: '一个运行 DNS 副本的节点宕机，规则仍指向它' },
  play: (cluster) => {
    const node = dying(cluster);
    const rest = others(cluster, node);
    return {
      break: [onSwitch(`ip link set ${node.name} down`), ...rest.flatMap((one) => traffic(one, node))],
      heal: [
        onSwitch(`ip link set ${node.name} up`),
        onNode(node, `ip neigh flush dev ${node.uplink}`),
        ...rest.flatMap((one) => quiet(one, node)),
      ],
      dead: [node.name],
      probes: rest.slice(0, 2).map((one) => ({ ...asking(cluster, one), broken: 'silence' })),
      expect: { subject: `address/${node.address}` },
      besides: [`node-unreachable node/${node.name}`],
      symptom: 'lookups hang for 10 s about every second time: Temporary failure in name resolution',
    };
  },
  variants: [
    {
      name: 'the Service keeps its clients: one fails each time, the other never',
      play: (cluster) => {
        const node = dying(cluster);
        const rest = others(cluster, node);
        const [one, other] = rest;
        const lost = node.pods[1].address;
        const left = endpoints(cluster).find((address) => address !== lost) ?? '';
        if (one === undefined || other === undefined) throw new Error('a cluster of two nodes');
        return {
          break: [
            ...rest.flatMap((each) => keeping(cluster, each)),
            keptAt(one, one.pods[0].address, lost),
            keptAt(other, other.pods[0].address, left),
            onSwitch(`ip link set ${node.name} down`),
            ...rest.flatMap((each) => traffic(each, node)),
          ],
          heal: [
            onSwitch(`ip link set ${node.name} up`),
            onNode(node, `ip neigh flush dev ${node.uplink}`),
            ...rest.flatMap((each) => [...quiet(each, node), ...notKeeping(cluster, each)]),
          ],
          dead: [node.name],
          probes: [
            { ...asking(cluster, one), broken: 'silence' },
            { ...asking(cluster, other), broken: 'answers' },
          ],
          expect: { subject: `address/${node.address}` },
          besides: [`node-unreachable node/${node.name}`],
          symptom: 'no lookup of one pod is answered, and all of another',
        };
      },
    },
    {
      name: 'kube-proxy serves in nftables mode',
      play: (cluster) => {
        const node = dying(cluster);
        const rest = others(cluster, node);
        return {
          break: [
            ...rest.flatMap((one) => inNftMode(cluster, one)),
            onSwitch(`ip link set ${node.name} down`),
            ...rest.flatMap((one) => traffic(one, node)),
          ],
          heal: [
            onSwitch(`ip link set ${node.name} up`),
            onNode(node, `ip neigh flush dev ${node.uplink}`),
            ...rest.flatMap((one) => [...quiet(one, node), ...inIptablesMode(one)]),
          ],
          dead: [node.name],
          probes: rest.slice(0, 2).map((one) => ({ ...asking(cluster, one), broken: 'silence' })),
          expect: { subject: `address/${node.address}` },
          besides: [`node-unreachable node/${node.name}`],
        };
      },
    },
  ],
  twins: [
    {
      name: 'kube-proxy serves in nftables mode, and all endpoints live',
      play: (cluster) => ({
        make: inNftMode(cluster, cluster.victim),
        unmake: inIptablesMode(cluster.victim),
        probes: [asking(cluster, cluster.victim)],
      }),
    },
    {
      name: 'the Service keeps its clients, and all of its endpoints live',
      play: (cluster) => {
        const { victim } = cluster;
        const [first = ''] = endpoints(cluster);
        return {
          make: [...keeping(cluster, victim), keptAt(victim, victim.pods[0].address, first)],
          unmake: notKeeping(cluster, victim),
          probes: [asking(cluster, victim)],
        };
      },
    },
    {
      name: 'an address of the underlay that nobody has was asked for, no endpoint lives there',
      play: (cluster) => {
        const { victim, nodes } = cluster;
        const gone = (nodes.at(-1)?.address ?? '').replace(/\d+$/, (last) => `${Number(last) + 1}`);
        return {
          make: [onNode(victim, `bash -c 'echo >/dev/udp/${gone}/9'; sleep 1.2`)],
          unmake: [onNode(victim, `ip neigh flush to ${gone} dev ${victim.uplink}`)],
          probes: [asking(cluster, victim)],
        };
      },
    },
    {
      name: 'a jump to a dead endpoint behind the last one, which no packet comes to',
      play: (cluster) => {
        const { victim } = cluster;
        const dead = victim.pods[0].address.replace(/\d+$/, (last) => `${Number(last) + 40}`);
        return {
          make: [
            onNode(victim, `iptables -t nat -N ${UNREACHED}`),
            onNode(victim, `iptables -t nat -A ${UNREACHED} -p udp -j DNAT --to-destination ${dead}:53`),
            onNode(victim, `iptables -t nat -A ${CHAIN} -j ${UNREACHED}`),
          ],
          unmake: [
            onNode(victim, `iptables -t nat -D ${CHAIN} -j ${UNREACHED}`),
            onNode(victim, `iptables -t nat -F ${UNREACHED}; iptables -t nat -X ${UNREACHED}`),
          ],
          probes: [asking(cluster, victim)],
        };
      },
    },
  ],
  needs: { apart: true, settle: 1 },
});
