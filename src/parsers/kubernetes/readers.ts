import type { FactOf, KindId } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { entryOf } from '#net/entry';
import { textAt } from '../document.ts';
import { adminPolicyOf } from './admin-policies.ts';
import { calicoHostEndpointOf, calicoNetworkSetOf, calicoTierOf } from './calico-objects.ts';
import { calicoPolicyOf } from './calico-policies.ts';
import { networkPolicyOf } from './network-policies.ts';
import { endpointsOf, nodeFact, podFact, serviceOf, sliceOf } from './objects.ts';
import { foreignPolicyOf, kubernetesNamespaceOf, serviceAccountOf } from './plain-objects.ts';

/** How one kind of object becomes a fact, and how kubectl's resource names call it. */
export type Reader = {
  readonly fact: KindId;
  readonly read: (object: unknown, origin: Origin, kind: string) => FactOf<KindId> | undefined;
  readonly resources: readonly string[];
  /** It has no namespace: any list of it is whole. */
  readonly isGlobal?: true;
  /** The part of its kind of fact that these objects are. */
  readonly part?: string;
};

const FOREIGN = { fact: 'foreign-policy', read: foreignPolicyOf, resources: [] } as const;

const READERS: Readonly<Record<string, Reader>> = {
  Service: { fact: 'service', read: serviceOf, resources: ['services', 'service', 'svc'] },
  Endpoints: { fact: 'endpoints', read: endpointsOf, resources: ['endpoints', 'ep'] },
  EndpointSlice: { fact: 'endpoints', read: sliceOf, resources: ['endpointslices', 'endpointslice'] },
  Pod: { fact: 'pod', read: podFact, resources: ['pods', 'pod', 'po'] },
  Node: { fact: 'node', read: nodeFact, resources: ['nodes', 'node', 'no'], isGlobal: true },
  Namespace: { fact: 'kubernetes-namespace', read: kubernetesNamespaceOf, resources: ['namespaces', 'namespace', 'ns'], isGlobal: true },
  ServiceAccount: { fact: 'service-account', read: serviceAccountOf, resources: ['serviceaccounts', 'serviceaccount', 'sa'] },
  NetworkPolicy: { fact: 'network-policy', read: networkPolicyOf, resources: ['networkpolicies', 'networkpolicy', 'netpol'] },
  'calico NetworkPolicy': {
    fact: 'calico-policy',
    read: calicoPolicyOf,
    resources: ['calico networkpolicies', 'calico networkpolicy', 'caliconetworkpolicies', 'cnp'],
    part: 'namespaced',
  },
  GlobalNetworkPolicy: {
    fact: 'calico-policy',
    read: calicoPolicyOf,
    resources: ['globalnetworkpolicies', 'globalnetworkpolicy', 'gnp'],
    isGlobal: true,
    part: 'global',
  },
  Tier: { fact: 'calico-tier', read: calicoTierOf, resources: ['tiers', 'tier'], isGlobal: true },
  NetworkSet: { fact: 'calico-network-set', read: calicoNetworkSetOf, resources: ['networksets', 'networkset'], part: 'namespaced' },
  GlobalNetworkSet: {
    fact: 'calico-network-set',
    read: calicoNetworkSetOf,
    resources: ['globalnetworksets', 'globalnetworkset'],
    isGlobal: true,
    part: 'global',
  },
  HostEndpoint: { fact: 'calico-host-endpoint', read: calicoHostEndpointOf, resources: ['hostendpoints', 'hep'], isGlobal: true },
  CiliumNetworkPolicy: FOREIGN,
  CiliumClusterwideNetworkPolicy: FOREIGN,
  EgressFirewall: FOREIGN,
};

/** Policies of administrators, by their kind; others have kinds of these names too (Antrea's ClusterNetworkPolicy). */
const ADMIN: Readonly<Record<string, Reader>> = {
  AdminNetworkPolicy: {
    fact: 'admin-policy',
    read: adminPolicyOf,
    resources: ['adminnetworkpolicies', 'adminnetworkpolicy', 'anp'],
    isGlobal: true,
    part: 'admin',
  },
  BaselineAdminNetworkPolicy: {
    fact: 'admin-policy',
    read: adminPolicyOf,
    resources: ['baselineadminnetworkpolicies', 'baselineadminnetworkpolicy', 'banp'],
    isGlobal: true,
    part: 'baseline',
  },
  ClusterNetworkPolicy: { fact: 'admin-policy', read: adminPolicyOf, resources: [], isGlobal: true, part: 'cluster' },
};

/** The versions of their API that are understood. */
const ADMIN_GROUPS: Readonly<Record<string, RegExp>> = {
  AdminNetworkPolicy: /^policy\.networking\.k8s\.io\/v1alpha1$/,
  BaselineAdminNetworkPolicy: /^policy\.networking\.k8s\.io\/v1alpha1$/,
  ClusterNetworkPolicy: /^policy\.networking\.k8s\.io\/v1(?:alpha2|beta1)$/,
};

/** The groups of the kinds that are read; others call things of their own so (Knative's Service, Longhorn's Node, Antrea's Tier). */
const OWN_GROUPS = /^(?:v1|(?:discovery|networking)\.k8s\.io\/\w+|extensions\/\w+|(?:crd\.)?projectcalico\.org\/\w+)?$/;

/** Who reads an object; the kind in a typed list is told by the list. */
export function readerOf(kind: string, object: unknown): Reader | undefined {
  const api = textAt(object, 'apiVersion') ?? '';
  // one word, two kinds
  if (kind === 'NetworkPolicy' && api.includes('projectcalico.org')) return READERS['calico NetworkPolicy'];
  const admin = entryOf(ADMIN, kind);
  if (admin !== undefined) return entryOf(ADMIN_GROUPS, kind)?.test(api) === true ? admin : FOREIGN;
  // those of Multus are about further devices of pods
  if (/(?<!Multi)NetworkPolicy$/.test(kind) && !OWN_GROUPS.test(api)) return FOREIGN;
  const reader = entryOf(READERS, kind);
  return reader === FOREIGN || OWN_GROUPS.test(api) ? reader : undefined;
}

/** Who reads what `kubectl get` calls so (`pods`, `networkpolicies.crd.projectcalico.org`). */
export function readerOfResource(word: string): Reader | undefined {
  const [plain = '', ...group] = word.toLowerCase().split('.');
  const name = group.join('.').includes('projectcalico') && /^networkpolic/.test(plain) ? `calico ${plain}` : plain;
  return [...Object.values(READERS), ...Object.values(ADMIN)].find(({ resources }) => resources.includes(name));
}
