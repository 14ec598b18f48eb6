import { base32, sha256 } from '#net/sha256';

const HASHED = 16;

const hashed = (text: string): string => base32(sha256(text)).slice(0, HASHED);

/** The chain of a Service port (pkg/proxy/iptables, servicePortPolicyClusterChain): of `ns/name:port` and its protocol. */
export const serviceChain = (portName: string, protocol: string): string => `KUBE-SVC-${hashed(portName + protocol)}`;

/** The other chains of a Service port: for policy Local, for what comes from outside, for source ranges. */
export const localChain = (portName: string, protocol: string): string => `KUBE-SVL-${hashed(portName + protocol)}`;
export const externalChain = (portName: string, protocol: string): string => `KUBE-EXT-${hashed(portName + protocol)}`;
export const firewallChain = (portName: string, protocol: string): string => `KUBE-FW-${hashed(portName + protocol)}`;

/** The chain of one endpoint of a Service port (servicePortEndpointChainName). */
export const endpointChain = (portName: string, protocol: string, endpoint: string): string =>
  `KUBE-SEP-${hashed(portName + protocol + endpoint)}`;
