import { memoised } from '#dataplane/memo';
import { nftEndpointRules } from '#dataplane/nft-service-rules';
import type { Facts } from '#facts/facts';
import type { Ip } from '#net/ip';
import type { Origin } from '#snapshot/origin';

/** One endpoint to which kube-proxy's nftables rules on a node lead packets for a Service port. */
export type NftEndpoint = {
  readonly node: string;
  /** `ns/name:port`, by the chain's name. */
  readonly service: string;
  readonly endpoint: Ip;
  readonly origin: Origin;
};

/** Every endpoint in the nftables rules of the captured nodes to which a packet can come, each of a node's once. */
export const nftEndpoints: (facts: Facts) => readonly NftEndpoint[] = memoised((facts: Facts) => {
  const byRule = new Map(nftEndpointRules(facts).map((one) => [one.dnat, one] as const));
  return [...byRule.values()].map(({ node, service, endpoint, dnat }) => ({ node, service, endpoint, origin: dnat.origin }));
});
