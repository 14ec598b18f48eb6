import { base32, sha256 } from '#net/sha256';
import type { Backend } from '../backends.ts';
import type { ServicePort } from '../service-port.ts';

/** The names that kube-proxy's nftables mode gives what one Service port brings. */
export type PortNames = {
  readonly cluster: string;
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
  readonly endpoint: (backend: Backend) => string;
  readonly affinity: (backend: Backend) => string;
};

/** What nftables takes at most, less the longest prefix (knftables.NameLengthMax, chainNamePrefixLengthMax). */
const LONGEST = 256 - 16;

/** A name behind eight signs of its own hash, cut where it is too long (hashAndTruncate). */
function hashed(name: string): string {
  const whole = `${base32(sha256(name)).slice(0, 8)}-${name}`;
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST - 3)}...` : whole;
}

/** `ns/name/proto/port` (servicePortChainNameBase); an address behind it has dots for its colons, which no name may have. */
export function namesOf({ name, protocol }: Pick<ServicePort, 'name' | 'protocol'>): PortNames {
  const [service = '', port = ''] = name.split(':');
  const path = `${service}/${protocol}/${port}`;
  const base = hashed(path);
  const end = (backend: Backend): string => hashed(`${path}__${backend.address.replaceAll(':', '.')}/${backend.port}`);
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
    endpoint: (backend) => `endpoint-${end(backend)}`,
    affinity: (backend) => `affinity-${end(backend)}`,
  };
}

/** A chain that stands for a Service port or an endpoint: no other of the table has a slash in its name (isServiceChainName). */
export const isOfService = (chain: string): boolean => chain.includes('/');

export const isAffinity = (set: string): boolean => set.startsWith('affinity-');
