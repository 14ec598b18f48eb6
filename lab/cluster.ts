/** A pod of the lab: a network namespace with one veth into its node's bridge. */
export type LabPod = {
  /** `namespace/name`, as Kubernetes would write it. */
  readonly name: string;
  /** Name under the node's /run/netns. */
  readonly netns: string;
  readonly address: string;
  readonly mac: string;
  /** The device inside the pod, `eth0`. */
  readonly device: string;
  /** The other end, on the node's bridge. */
  readonly veth: string;
};

/** A node of the lab: network, mount, pid and uts namespaces of its own, with its own /run and /etc. */
export type LabNode = {
  /** Host name and node name at once: `A`, `B`, `C`, `D` …. */
  readonly name: string;
  /** The underlay device: `eth0`, `ens192` …. */
  readonly uplink: string;
  /** Its underlay address, without a prefix length, and the underlay's prefix length. */
  readonly address: string;
  readonly addressLength: number;
  readonly uplinkMac: string;
  /** The VXLAN device: `flannel.1`. */
  readonly vtep: { readonly device: string; readonly mac: string; readonly vni: number; readonly port: number };
  /** The pod bridge: `cni0`, `docker0`, `cbr0`. */
  readonly bridge: string;
  readonly bridgeMac: string;
  /** `10.100.41.0/24`; its first address is the VTEP's, the next the bridge's. */
  readonly subnet: string;
  /** `10.100.41.0`, the address of the VXLAN device and the next hop that peers use. */
  readonly vtepAddress: string;
  /** `10.100.41.1`. */
  readonly gateway: string;
  readonly subnetLength: number;
  /** `/coreos.com/network/subnets/10.100.41.0-24`. */
  readonly leaseKey: string;
  /** The value that flanneld wrote under that key, exactly. */
  readonly leaseValue: string;
  /** The etcd lease id (hexadecimal) that the key hangs on. */
  readonly leaseId: string;
  readonly pods: readonly [LabPod, LabPod, ...LabPod[]];
};

/** A Service whose kube-proxy-shaped rules are on every node. */
export type LabService = {
  readonly name: string;
  readonly clusterIp: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly targetPort: number;
  /** Pod addresses. */
  readonly endpoints: readonly string[];
  /** What it asks for beyond a cluster IP, as one node sees it. */
  readonly outward?: OutwardService;
};

/** What a Service port asks for beyond a cluster IP that leads to all of its endpoints, as one node sees it. */
export type OutwardService = {
  readonly externalIps: readonly string[];
  readonly balancers: readonly string[];
  readonly nodePort: number | null;
  readonly healthCheckNodePort: number | null;
  readonly sourceRanges: readonly string[];
  /** Whether the node itself is in one of the ranges. */
  readonly isNodeInRange: boolean;
  readonly isExternalLocal: boolean;
  /** How long a client stays with its endpoint; `null`: not at all. */
  readonly affinitySeconds: number | null;
  /** The endpoints that are on this node. */
  readonly here: readonly string[];
};

/** One drawn cluster. `victim` and `peer` are drawn from `nodes`; `other` is a third one. */
export type Cluster = {
  readonly nodes: readonly LabNode[];
  readonly victim: LabNode;
  readonly peer: LabNode;
  readonly other: LabNode;
  /** The pod network, `10.100.0.0/16`. */
  readonly network: string;
  readonly underlay: { readonly cidr: string; readonly gateway: string };
  readonly services: readonly LabService[];
  readonly etcd: { readonly endpoint: string; readonly prefix: string };
  /** Which iptables backend the nodes use. */
  readonly iptables: 'legacy' | 'nft';
  /** Whether the API's objects are fetched beside the captures of the nodes. */
  readonly api: boolean;
  /** Numbers that a scenario may use where any value would do; drawn from the seed. */
  readonly dice: (sides: number) => number;
};

/** A place where a line runs: a node, a pod (`namespace/name`), the underlay switch, or where etcd runs and kubectl reaches the API. */
export type Place = { readonly node: string } | { readonly pod: string } | 'switch' | 'etcd';

/** One literal shell line at one place: `ip …`, `bridge …`, `iptables …`, `sysctl …`, `etcdctl …`. */
export type Line = { readonly at: Place; readonly run: string };
