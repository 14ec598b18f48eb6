import type { LabService, OutwardService } from '../../vocabulary.ts';
import { chainHash } from './chain-hash.ts';

/** What a Service port that is reached from outside, or by a policy of its own, adds to kube-proxy's rules on one node. */
export type Outward = {
  readonly chains: readonly string[];
  readonly nat: readonly string[];
  readonly nodePorts: readonly string[];
};

type Way = { readonly words: string; readonly match: string };

/** The addresses for clients outside, as rules catch them. */
function waysIn({ protocol }: LabService, { externalIps, balancers }: OutwardService): readonly Way[] {
  const at = (words: string) => (address: string) => ({ words, match: `-d ${address}/32 -p ${protocol}` });
  return [...externalIps.map(at('external IP')), ...balancers.map(at('loadbalancer IP'))];
}

/** The nat table's part (v1.34 syncProxyRules, as iptables-save prints it) for a Service that has endpoints. */
export function outwardRules(service: LabService, outward: OutwardService, network: string): Outward {
  const { name, protocol, port } = service;
  const hash = chainHash(name + protocol);
  const [external, firewall, cluster, local] = ['EXT', 'FW', 'SVC', 'SVL'].map((kind) => `KUBE-${kind}-${hash}`);
  const isGuarded = outward.sourceRanges.length > 0 && outward.balancers.length > 0;
  const ways = waysIn(service, outward);
  const dport = `-m ${protocol} --dport ${port}`;
  const isLed = ({ words }: Way): boolean => words === 'loadbalancer IP' && isGuarded;
  const caught = ways.map(
    (way) => `-A KUBE-SERVICES ${way.match} -m comment --comment "${name} ${way.words}" ${dport} -j ${isLed(way) ? firewall : external}`,
  );
  const led = [...outward.sourceRanges, ...(outward.isNodeInRange ? outward.balancers.map((address) => `${address}/32`) : [])].map(
    (range) => `-A ${firewall} -s ${range} -m comment --comment "${name} loadbalancer IP" -j ${external}`,
  );
  const guard = isGuarded
    ? [...led, `-A ${firewall} -m comment --comment "other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL"`]
    : [];
  const isOutward = ways.length > 0 || outward.nodePort !== null;
  return {
    chains: [...(isOutward ? [external ?? ''] : []), ...(isGuarded ? [firewall ?? ''] : [])],
    nat: [...caught, ...(isOutward ? externalChain(service, outward, network, { external, cluster, local }) : []), ...guard],
    nodePorts:
      outward.nodePort === null
        ? []
        : [`-A KUBE-NODEPORTS -p ${protocol} -m comment --comment "${name}" -m ${protocol} --dport ${outward.nodePort} -j ${external}`],
  };
}

type Chains = { readonly external: string | undefined; readonly cluster: string | undefined; readonly local: string | undefined };

function externalChain(
  { name }: LabService,
  { isExternalLocal, here }: OutwardService,
  network: string,
  chains: Chains,
): readonly string[] {
  const { external, cluster, local } = chains;
  const words = (what: string): string => `-m comment --comment "${what} for ${name} external destinations"`;
  if (!isExternalLocal) return [`-A ${external} ${words('masquerade traffic')} -j KUBE-MARK-MASQ`, `-A ${external} -j ${cluster}`];
  return [
    `-A ${external} -s ${network} ${words('pod traffic')} -j ${cluster}`,
    `-A ${external} ${words('masquerade LOCAL traffic')} -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
    `-A ${external} ${words('route LOCAL traffic')} -m addrtype --src-type LOCAL -j ${cluster}`,
    ...(here.length > 0 ? [`-A ${external} -j ${local}`] : []),
  ];
}

/** The filter table's part for a Service that has endpoints. */
export function outwardFilter(service: LabService, outward: OutwardService): readonly string[] {
  const { name, protocol, port } = service;
  const isGuarded = outward.sourceRanges.length > 0;
  const words = `"${name} traffic not accepted by KUBE-FW-${chainHash(name + protocol)}"`;
  const kept = (isGuarded ? outward.balancers : []).map(
    (address) =>
      `-A KUBE-PROXY-FIREWALL -d ${address}/32 -p ${protocol} -m comment --comment ${words} -m ${protocol} --dport ${port} -j DROP`,
  );
  return [...kept, ...dropped(service, outward), ...healthCheck(service, outward)];
}

/** With policy Local a node without an endpoint says nothing to clients outside. */
function dropped(service: LabService, outward: OutwardService): readonly string[] {
  if (!outward.isExternalLocal || outward.here.length > 0) return [];
  return turnedAway(service, outward, 'has no local endpoints', 'DROP');
}

/** What stands in the filter table for each address outside that leads nowhere. */
export function turnedAway(service: LabService, outward: OutwardService, why: string, target: string): readonly string[] {
  const { name, protocol, port } = service;
  const comment = `-m comment --comment "${name} ${why}"`;
  const byAddress = waysIn(service, outward).map(
    ({ match }) => `-A KUBE-EXTERNAL-SERVICES ${match} ${comment} -m ${protocol} --dport ${port} -j ${target}`,
  );
  if (outward.nodePort === null) return byAddress;
  const byPort = `-A KUBE-EXTERNAL-SERVICES -p ${protocol} ${comment} -m addrtype --dst-type LOCAL -m ${protocol} --dport ${outward.nodePort} -j ${target}`;
  return [...byAddress, byPort];
}

/** The port at which a balancer asks a node whether it has an endpoint is let in on every node. */
export const healthCheck = ({ name }: LabService, { healthCheckNodePort: port }: OutwardService): readonly string[] =>
  port === null ? [] : [`-A KUBE-NODEPORTS -p tcp -m comment --comment "${name} health check node port" -m tcp --dport ${port} -j ACCEPT`];
