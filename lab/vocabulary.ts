/**
 * The words that scenarios are written in: plain data about a drawn cluster, literal shell lines, probes.
 * The one part of `lab` that a fault's `scenario.ts` may import. It knows nothing of the product.
 */

import type { Cluster, LabNode, LabPod, Line, Place } from './cluster.ts';

export type { Cluster, LabNode, LabPod, LabService, Line, OutwardService, Place } from './cluster.ts';
export { calledOff, calling } from './calling.ts';
export { unwalled, walled } from './enforcer/calico.ts';
export { enforced, released } from './enforcer/kube-router.ts';

/** One measurement with real packets. A source port that is not given is drawn afresh. */
export type Probe = {
  readonly from: Place;
  /** An address. */
  readonly to: string;
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  readonly port?: number;
  readonly sport?: number;
  /** Bytes of the IP packet (icmp, udp) or of the request after connecting (tcp). */
  readonly size?: number;
  /** Do not fragment. */
  readonly df?: boolean;
  /** Sent so many times at once, each from a port of its own: it answers only when all do. */
  readonly times?: number;
};

/** What the sender saw: an answer (echo, SYN-ACK, RST or port unreachable from the peer itself), an ICMP error, or nothing. */
export type Observed = 'answers' | 'unreachable' | 'silence';

/** A probe with what must be observed while the fault is there; before and after it must answer. */
export type Expectation = Probe & { readonly broken: Observed | 'fails' };

/** What happens in one run of a scenario. */
export type Play = {
  /** Makes the healthy cluster one that the play can be played in; its twins find it so too. */
  readonly first?: readonly Line[];
  /** Breaks the cluster. Shares no code with any fix. */
  readonly break: readonly Line[];
  /** Puts everything back, whatever state the mend left (idempotent; errors are ignored). */
  readonly heal: readonly Line[];
  readonly probes: readonly Expectation[];
  /** The verdict that must come first: canonical subject text, `node/D`, `link/A→D`, `lease/10.100.41.0/24` …. */
  readonly expect: {
    readonly subject: string;
    /** Why it can only be supported by evidence, not proved by the previewed mend; what must be proved has none. */
    readonly unproved?: string;
    /** Why nothing inside a lab can perform the mend: it is previewed and proved, and what broke is put back by `heal`. */
    readonly unmendable?: string;
  };
  /** Findings that may stand beside it without being wrong (the same cause seen from another side), as `fault subject`. */
  readonly besides?: readonly string[];
  /** Nodes that are dead until they are healed: nobody can capture them. */
  readonly dead?: readonly string[];
  /** Facts that become others by themselves while the fault lasts, as `kind of scope: key`: no mend is blamed for them. */
  readonly drifts?: readonly string[];
  /** What a user could paste. */
  readonly symptom?: string;
};

/** The same suspicious bit in a cluster whose traffic works: nothing may be found. */
export type Twin = {
  readonly name: string;
  readonly play: (cluster: Cluster) => {
    readonly make: readonly Line[];
    readonly unmake: readonly Line[];
    readonly probes?: readonly Probe[];
  };
};

export type Scenario = {
  readonly fault: string;
  readonly title: { readonly en: string; readonly zh: string };
  readonly play: (cluster: Cluster) => Play;
  /** Other ways in which the same fault comes about; the verdict is the same fault. */
  readonly variants?: readonly { readonly name: string; readonly play: (cluster: Cluster) => Play }[];
  readonly twins: readonly [Twin, Twin, ...Twin[]];
  /** What the drawn cluster must be like. */
  readonly needs?: {
    readonly minNodes?: number;
    readonly iptables?: 'legacy' | 'nft';
    /** The API's objects are captured too; scenarios change them with `kubectl` (`onApi`). */
    readonly api?: boolean;
    /** Gives default/web the address of a balancer and says who announces it: of two such the second undoes the first, and they are no pair. */
    readonly balancer?: boolean;
    /** A module that not every kernel has: where this one lacks it the scenario is played in a guest (`lab/vm`). */
    readonly kernel?: 'ip_vs';
    /** Runs alone: it uses something that all namespaces share. */
    readonly alone?: boolean;
    /** Plays in no pair, and on a cluster of its own: it waits by the clock, or leaves more behind than can be taken back. */
    readonly apart?: boolean;
    /** Seconds to wait between break and symptom. */
    readonly settle?: number;
  };
};

export const scenario = (it: Scenario): Scenario => it;

export const onNode = (node: LabNode, run: string): Line => ({ at: { node: node.name }, run });
export const onPod = (pod: LabPod, run: string): Line => ({ at: { pod: pod.name }, run });
export const onSwitch = (run: string): Line => ({ at: 'switch', run });
export const onEtcd = (run: string): Line => ({ at: 'etcd', run });
export const onApi = (run: string): Line => ({ at: 'etcd', run });

const PROXY_UNIT = '/etc/systemd/system/kube-proxy.service';

/** kube-proxy of these nodes is switched to nftables mode, as a person does it; the chains of iptables mode it takes away itself. */
export const inNftablesMode = (nodes: readonly LabNode[]): readonly Line[] =>
  nodes.map((node) => onNode(node, `sed -i s/proxy-mode=iptables/proxy-mode=nftables/ ${PROXY_UNIT}; systemctl restart kube-proxy`));

/** Back in iptables mode, which leaves no table of the other. */
export const inIptablesMode = (nodes: readonly LabNode[]): readonly Line[] =>
  nodes.map((node) =>
    onNode(
      node,
      `sed -i s/proxy-mode=nftables/proxy-mode=iptables/ ${PROXY_UNIT}; systemctl stop kube-proxy; nft delete table ip kube-proxy; systemctl start kube-proxy`,
    ),
  );

/** Pod to pod, by default the first of each node, ICMP echo. */
export const between = (from: LabNode, to: LabNode, broken: Expectation['broken'], more: Partial<Probe> = {}): Expectation => ({
  from: { pod: from.pods[0].name },
  to: to.pods[0].address,
  protocol: 'icmp',
  broken,
  ...more,
});

/** A node's VXLAN device made anew by hand, with all that flanneld had programmed on it. */
export function vxlanRemade(cluster: Cluster, node: LabNode, vni: number, port: number): readonly Line[] {
  const { device, mac } = node.vtep;
  const peers = cluster.nodes.filter(({ name }) => name !== node.name);
  return [
    onNode(node, 'systemctl stop flanneld'),
    onNode(node, `ip link del ${device}`),
    onNode(
      node,
      `ip link add ${device} address ${mac} mtu 1450 type vxlan id ${vni} local ${node.address} dev ${node.uplink} dstport ${port} nolearning`,
    ),
    onNode(node, `ip addr add ${node.vtepAddress}/32 dev ${device}`),
    onNode(node, `ip link set ${device} up`),
    ...peers.flatMap((peer) => [
      onNode(node, `ip neigh replace ${peer.vtepAddress} lladdr ${peer.vtep.mac} dev ${device} nud permanent`),
      onNode(node, `bridge fdb append ${peer.vtep.mac} dev ${device} dst ${peer.address} self permanent`),
      onNode(node, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${device} onlink`),
    ]),
  ];
}

/** Twin: a VXLAN device of somebody else's stands beside flannel's. */
export const vxlanBeside: Twin = {
  name: 'another VXLAN device with another VNI and port stands beside',
  play: ({ victim: { address, uplink, vtep }, victim }) => {
    const port = vtep.port === 4789 ? 4790 : 4789;
    return {
      make: [
        onNode(victim, `ip link add vx-swarm type vxlan id 4097 local ${address} dev ${uplink} dstport ${port}`),
        onNode(victim, 'ip link set vx-swarm up'),
      ],
      unmake: [onNode(victim, 'ip link del vx-swarm')],
    };
  },
};

/** Twin: flannel's configuration in etcd has another VNI or port, so much higher. */
export const configurationChanged = (more: { readonly vni?: number; readonly port?: number }): Twin => ({
  name: 'the configuration in etcd was changed, and no flanneld has started since',
  play: ({ etcd, network, victim: { subnetLength, vtep } }) => {
    const config = (vni: number, port: number): string =>
      `etcdctl put ${etcd.prefix}/config '{"Network":"${network}","SubnetLen":${subnetLength},"Backend":{"Type":"vxlan","VNI":${vni},"Port":${port}}}'`;
    const changed = config(vtep.vni + (more.vni ?? 0), vtep.port + (more.port ?? 0));
    return { make: [onEtcd(changed)], unmake: [onEtcd(config(vtep.vni, vtep.port))] };
  },
});

/** A Service's address moves as kube-vip moves it: off the node that has it, onto another, and neighbours hear of it. */
export const addressMoved = ({ nodes }: Cluster, address: string, to: LabNode): readonly Line[] => [
  ...nodes
    .filter(({ name }) => name !== to.name)
    .map((node) => onNode(node, `ip addr del ${address}/32 dev ${node.uplink} 2>/dev/null || true`)),
  onNode(to, `ip addr replace ${address}/32 dev ${to.uplink}`),
  onEtcd('ip neigh flush all'),
];

/** Another value under a node's own lease key and etcd lease. */
export const leasePut = (node: LabNode, value: string): Line => onEtcd(`etcdctl put --lease=${node.leaseId} ${node.leaseKey} '${value}'`);

/** Twin: the lease names a second address that the node has as well. */
export const secondPublicIp: Twin = {
  name: "PublicIP is a second address of the node's own",
  play: ({ victim }) => {
    const second = victim.address.replace(/\d+$/, (last) => `${Number(last) + 30}`);
    return {
      make: [
        onNode(victim, `ip addr add ${second}/32 dev ${victim.uplink}`),
        leasePut(victim, victim.leaseValue.replace(victim.address, second)),
      ],
      unmake: [leasePut(victim, victim.leaseValue), onEtcd('sleep 0.4'), onNode(victim, `ip addr del ${second}/32 dev ${victim.uplink}`)],
    };
  },
};

/** Twin: a dead machine's lease that is nobody's home. */
export const leaseLeftBehind: Twin = {
  name: 'a lease is left of a machine that is gone, and nobody lives in its subnet',
  play: ({ victim, etcd }) => {
    const key = `${etcd.prefix}/subnets/${victim.vtepAddress.replace(/\.\d+\.\d+$/, '.255.0')}-${victim.subnetLength}`;
    const value = victim.leaseValue
      .replace(victim.address, victim.address.replace(/\d+$/, '61'))
      .replace(victim.vtep.mac, '02:de:ad:00:42:01');
    return { make: [onEtcd(`etcdctl put ${key} '${value}'`)], unmake: [onEtcd(`etcdctl del ${key}`)] };
  },
};
