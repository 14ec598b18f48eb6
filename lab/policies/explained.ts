import type { Drawn, Query } from './draw.ts';
import { type DrawnBlock, prefixOf } from './draw-block.ts';

/** A difference that was looked into: when it may stand, and what the API's text says. */
export type Settled = {
  readonly name: string;
  readonly because: string;
  readonly fits: (drawn: Drawn, query: Query, judged: Judgement) => boolean;
};

/** One query's letters. */
export type Judgement = { readonly check: string; readonly list: string; readonly product: string };

/** Every kind of difference that there is, settled by the text of networking.k8s.io/v1. */
export const SETTLED: readonly Settled[] = [
  {
    name: "whether an ipBlock holds a node is a setting of the drawn cluster's plugin",
    because:
      "Cilium gives a node's address the node's own identity, which stands before all prefixes (cilium/cilium issue 16308), unless `policy-cidr-match-mode` " +
      'is `nodes`; objects do not tell which. netpol-analyzer knows no such setting.',
    fits: ({ pods, policies }, [from, to], { product }) => {
      const nodes = pods.map(({ status }) => status.hostIP);
      const asked = [from, to].filter((end) => nodes.includes(end));
      const held = asked.some((end) =>
        blocksOf(policies).some(({ cidr, except }) => isIn(end, cidr) && !except.some((one) => isIn(end, one))),
      );
      return product === '?' && held;
    },
  },
  {
    name: 'a port without a number holds its own protocol only',
    because:
      'NetworkPolicyPort: "port … If this field is not provided, this matches all port names and numbers", "protocol … which traffic must match. If not specified, this field defaults to TCP". ' +
      "netpol-analyzer's check of one connection (ruleConnsContain) forgets the protocol where the port is left out; its list of connections does not.",
    fits: ({ policies }, [, , protocol], { check, list, product }) =>
      check === '1' &&
      list !== '1' &&
      product === '0' &&
      policies.some(({ spec }) =>
        [...(spec.ingress ?? []), ...(spec.egress ?? [])].some(({ ports }) =>
          (ports ?? []).some((port) => port.port === undefined && (port.protocol ?? 'TCP') !== protocol),
        ),
      ),
  },
  {
    name: 'the node on which a pod runs is always open to it and from it',
    because:
      'Network Policies, Kubernetes documentation: "traffic to and from the node where a Pod is running is always allowed, regardless of the IP address of the Pod or the node". ' +
      'netpol-analyzer means it so too, but isPeerNodeIP compares only where the address could not be read (`err != nil`).',
    fits: ({ pods }, [from, to], { check, list, product }) =>
      (check === '0' || list === '0') &&
      product === '1' &&
      from !== to &&
      pods.some(({ metadata: { namespace, name }, status }) => {
        const ends = [`${namespace}/${name}`, status.hostIP];
        return ends.includes(from) && ends.includes(to);
      }),
  },
  {
    name: 'a pod reaches itself',
    because:
      'Network Policies, Kubernetes documentation: "Pods cannot block access from themselves". ' +
      "netpol-analyzer's check says so; its list asks another pod without an owner in the pod's place (changePodPeerToAnotherPodObject).",
    fits: (_, [from, to], { check, list, product }) => from === to && check === '1' && product === '1' && list === '0',
  },
  {
    name: 'what two ranges of ports share is not lost',
    because:
      'NetworkPolicyPort: "endPort … indicates that the range of ports from port to endPort, inclusive, should be allowed by the policy". ' +
      "netpol-analyzer's list of connections adds a range that begins before one it has and ends inside it without the part that both hold " +
      '(AddAugmentedInterval, `left == right` after `left++`); its check of one connection compares numbers.',
    fits: ({ policies }, [, , protocol, port], { check, list, product }) => {
      if (check !== '1' || product !== '1' || list !== '0') return false;
      const ranges = rangesOf(policies, protocol);
      return ranges.some(([first, last]) => ranges.some(([start, end]) => first < start && start <= port && port <= last && last < end));
    },
  },
];

/** All ipBlocks of the policies, in either direction. */
function blocksOf(policies: Drawn['policies']): readonly DrawnBlock[] {
  const rules = policies.flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])]);
  const peers = rules.flatMap(({ from, to }) => [...(from ?? []), ...(to ?? [])]);
  return peers.flatMap((peer) => ('ipBlock' in peer ? [{ except: [], ...(peer.ipBlock as Partial<DrawnBlock>) } as DrawnBlock] : []));
}

/** All ranges of a protocol's ports that the policies name, in either direction. */
function rangesOf(policies: Drawn['policies'], protocol: string): readonly (readonly [number, number])[] {
  return policies
    .flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    .flatMap(({ ports }) => ports ?? [])
    .flatMap(({ port, endPort, protocol: own }): (readonly [number, number])[] =>
      typeof port === 'number' && endPort !== undefined && (own ?? 'TCP') === protocol ? [[port, endPort]] : [],
    );
}

/** Whether an address lies in a drawn prefix. */
const isIn = (address: string, prefix: string): boolean => prefixOf(address, Number(prefix.split('/')[1])) === prefix;
