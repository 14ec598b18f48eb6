import type { FactOf } from '#facts/kinds';
import { type Ip, parseIp } from '#net/ip';
import { type Mac, parseMac } from '#net/mac';
import { withVtepMac } from './value.ts';

const PREFIX = 'flannel.alpha.coreos.com/';
const PUBLIC_IP = `${PREFIX}public-ip`;
const BACKEND_DATA = `${PREFIX}backend-data`;

/** What a node says of itself, to be written into its lease. */
export type Own = { readonly publicIp?: Ip; readonly vtepMac?: Mac };

/** The annotations of a Node by which flannel's Kubernetes store tells peers of the node, as they are and as they should be. */
export function annotationsFor(lease: FactOf<'lease'>, { publicIp, vtepMac }: Own) {
  const was: Record<string, string | null> = {};
  const to: Record<string, string> = {};
  if (publicIp !== undefined && publicIp !== lease.publicIp) {
    was[PUBLIC_IP] = lease.publicIp ?? null;
    to[PUBLIC_IP] = publicIp;
  }
  if (vtepMac !== undefined && vtepMac !== lease.vtepMac && lease.value !== undefined) {
    was[BACKEND_DATA] = lease.value;
    to[BACKEND_DATA] = withVtepMac(lease.value, vtepMac);
  }
  return { was, to };
}

/** What a lease says once its annotations are these. */
export function readAnnotations(
  annotations: Readonly<Record<string, string>>,
  lease: Pick<FactOf<'lease'>, 'publicIp' | 'vtepMac' | 'value'>,
): Pick<FactOf<'lease'>, 'publicIp' | 'vtepMac' | 'value'> {
  const [publicIp, data] = [annotations[PUBLIC_IP], annotations[BACKEND_DATA]];
  const mac = data === undefined ? undefined : /"VtepMAC"\s*:\s*"([^"]*)"/.exec(data)?.[1];
  return {
    publicIp: publicIp === undefined ? lease.publicIp : (parseIp(publicIp) ?? null),
    vtepMac: data === undefined ? lease.vtepMac : (parseMac(mac ?? '') ?? null),
    value: data ?? lease.value,
  };
}
