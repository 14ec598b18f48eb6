import type { FactOf } from '#facts/kinds';
import { type Ip, parseIp } from '#net/ip';
import { type Mac, parseMac } from '#net/mac';

/** What flanneld says of itself in its lease. */
export type LeaseAttributes = Pick<FactOf<'lease'>, 'publicIp' | 'backend' | 'vtepMac' | 'vni' | 'value'>;

/** The value that flanneld v0.28 writes under its lease key for the vxlan backend, byte for byte. */
export const vxlanLeaseValue = (publicIp: Ip, vni: number, vtepMac: Mac): string =>
  `{"PublicIP":"${publicIp}","PublicIPv6":null,"BackendType":"vxlan","BackendData":{"VNI":${vni},"VtepMAC":"${vtepMac}"}}`;

/** A lease's value with another VTEP MAC, everything else kept as it was written. */
export function withVtepMac(value: string, vtepMac: Mac): string {
  return value.replace(/("VtepMAC"\s*:\s*")[^"]*(")/, `$1${vtepMac}$2`);
}

/** A lease's value with another public address. */
export function withPublicIp(value: string, publicIp: Ip): string {
  return value.replace(/("PublicIP"\s*:\s*")[^"]*(")/, `$1${publicIp}$2`);
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** What a lease's value says; nothing for text that is no such value. */
export function readLeaseValue(value: string): LeaseAttributes | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  const { PublicIP, BackendType, BackendData } = asRecord(parsed);
  const { VNI, VtepMAC } = asRecord(BackendData);
  return {
    publicIp: typeof PublicIP === 'string' ? (parseIp(PublicIP) ?? null) : null,
    backend: typeof BackendType === 'string' ? BackendType : null,
    vtepMac: typeof VtepMAC === 'string' ? (parseMac(VtepMAC) ?? null) : null,
    vni: typeof VNI === 'number' ? VNI : null,
    value,
  };
}
