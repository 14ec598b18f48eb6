import { messageIn } from '../etcd/messages.ts';

/** A subnet lease as flannel keeps it under a key. */
export type Lease = { readonly subnet: string; readonly publicIp: string; readonly vtepMac: string; readonly vni: number };

/** What flannel's network configuration says. */
export type NetworkConfig = { readonly network: string; readonly subnetLength: number; readonly vni: number; readonly port: number };

/** Reads `{"Network": …}`. */
export function readConfig(text: string): NetworkConfig {
  const config = messageIn(JSON.parse(text));
  const backend = messageIn(config['Backend']);
  return {
    network: String(config['Network'] ?? ''),
    subnetLength: Number(config['SubnetLen'] ?? 24),
    vni: Number(backend['VNI'] ?? 1),
    port: Number(backend['Port'] ?? 8472),
  };
}

/** `…/subnets/10.100.41.0-24` as `10.100.41.0/24`. */
export const subnetOfKey = (key: string): string => (key.split('/').at(-1) ?? '').replace('-', '/');
export const keyOfSubnet = (prefix: string, subnet: string): string => `${prefix}/subnets/${subnet.replace('/', '-')}`;

/** Reads a lease, or nothing when its value is no VXLAN lease. */
export function readLease(key: string, value: string): Lease | undefined {
  try {
    const lease = messageIn(JSON.parse(value));
    const data = messageIn(lease['BackendData']);
    const [publicIp, vtepMac] = [lease['PublicIP'], data['VtepMAC']];
    if (typeof publicIp !== 'string' || typeof vtepMac !== 'string') return undefined;
    return { subnet: subnetOfKey(key), publicIp, vtepMac, vni: Number(data['VNI'] ?? 1) };
  } catch {
    return undefined;
  }
}

/** The value that flanneld writes, byte for byte. */
export const leaseValue = ({ publicIp, vtepMac, vni }: Lease): string =>
  `{"PublicIP":"${publicIp}","PublicIPv6":null,"BackendType":"vxlan","BackendData":{"VNI":${vni},"VtepMAC":"${vtepMac}"}}`;
