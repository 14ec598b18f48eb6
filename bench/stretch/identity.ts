import { type Archive, bytesOf } from '#collect/archive/archive';

/** What names a pod in the texts of a capture. */
export type PodIdentity = {
  readonly netns: string;
  readonly inode: string;
  readonly nsid: number;
  readonly address: string;
  readonly mac: string;
  readonly veth: string;
  readonly vethMac: string;
  readonly vethIndex: number;
};

/** What names a node there. */
export type NodeIdentity = {
  readonly name: string;
  readonly address: string;
  /** The beginning of all its pods' addresses: `10.100.54.`. */
  readonly subnet: string;
  readonly uplinkMac: string;
  readonly bridgeMac: string;
  readonly vtepMac: string;
  readonly pods: readonly PodIdentity[];
};

type Device = {
  readonly ifname: string;
  readonly ifindex: number;
  readonly address: string;
  readonly master?: string;
  readonly link_netnsid?: number;
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info?: readonly { readonly family: string; readonly local: string }[];
};

/** The text of a reading of a capture. */
export function textOf(archive: Archive, name: string, netns = ''): string {
  const entry = archive.index.entries.find(({ file, scope, look }) => scope.netns === netns && look === 1 && file.endsWith(`/${name}`));
  if (entry === undefined) throw new Error(`nothing recorded is called ${name}`);
  return bytesOf(archive, entry).toString('utf8');
}

const DEVICES = 'ip_-d_-s_-s_-j_link_show';
const ADDRESSES = 'ip_-d_-s_-s_-j_addr_show';

const devicesIn = (archive: Archive, name: string, netns = ''): readonly Device[] => JSON.parse(textOf(archive, name, netns)); // our own recording

const found = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`the recorded capture has no ${what}`);
  return value;
};

const addressOf = (devices: readonly Device[], name: string): string =>
  found(devices.find(({ ifname }) => ifname === name)?.addr_info?.find(({ family }) => family === 'inet')?.local, `address of ${name}`);

/** Reads out of a recorded capture what its node and pods are called. */
export function identityOf(archive: Archive): NodeIdentity {
  const [devices, addresses] = [devicesIn(archive, DEVICES), devicesIn(archive, ADDRESSES)];
  const kind = (wanted: string): Device =>
    found(
      devices.find(({ linkinfo }) => linkinfo?.info_kind === wanted),
      wanted,
    );
  const [vxlan, bridge] = [kind('vxlan'), kind('bridge')];
  const uplink = found(
    devices.find(({ ifname, master }) => master === undefined && ![vxlan.ifname, bridge.ifname, 'lo'].includes(ifname)),
    'uplink',
  );
  const namespaces = [...textOf(archive, 'namespaces').matchAll(/^netns (\S+) inode (\d+) nsid (\d+)/gm)];
  return {
    name: found(archive.index.clocks[0]?.node, 'clock'),
    address: addressOf(addresses, uplink.ifname),
    subnet: addressOf(addresses, bridge.ifname).replace(/\d+$/, ''),
    uplinkMac: uplink.address,
    bridgeMac: bridge.address,
    vtepMac: vxlan.address,
    pods: namespaces.map(([, netns = '', inode = '', nsid]) => podOf(archive, devices, netns, inode, Number(nsid))),
  };
}

function podOf(archive: Archive, devices: readonly Device[], netns: string, inode: string, nsid: number): PodIdentity {
  const inside = devicesIn(archive, ADDRESSES, netns);
  const device = found(
    inside.find(({ ifname }) => ifname !== 'lo'),
    'device in a pod',
  );
  const veth = found(
    devices.find((one) => one.master !== undefined && one.link_netnsid === nsid),
    'veth of a pod',
  );
  return {
    netns,
    inode,
    nsid,
    address: addressOf(inside, device.ifname),
    mac: device.address,
    veth: veth.ifname,
    vethMac: veth.address,
    vethIndex: veth.ifindex,
  };
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const mac = (kind: number, node: number, pod = 0): string =>
  `02:${hex(kind, 2)}:${hex(node >> 8, 2)}:${hex(node & 255, 2)}:00:${hex(pod, 2)}`;

/** More of them fit neither the underlay's network nor the pods' one as they were recorded. */
export const MOST_NODES = 230;

/** A node of a larger cluster in the same networks, by its number from 0. */
export function drawnIdentity(like: NodeIdentity, number: number, pods: number): NodeIdentity {
  const subnet = like.subnet.replace(/\d+\.$/, `${number + 1}.`);
  return {
    name: `node-${number + 1}`,
    address: like.address.replace(/\d+$/, String(number + 20)),
    subnet,
    uplinkMac: mac(1, number),
    bridgeMac: mac(2, number),
    vtepMac: mac(3, number),
    pods: Array.from({ length: pods }, (_, pod) => ({
      netns: `cni-${hex(number, 8)}-${hex(pod, 4)}`,
      inode: String(4026600000 + number * 256 + pod),
      nsid: pod + 1,
      address: `${subnet}${pod + 2}`,
      mac: mac(4, number, pod),
      veth: `veth${hex(number, 4)}${hex(pod, 4)}`,
      vethMac: mac(5, number, pod),
      vethIndex: pod + 5,
    })),
  };
}
