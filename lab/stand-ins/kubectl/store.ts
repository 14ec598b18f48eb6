import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ApiObject } from '../../api/objects.ts';

/** Where every machine of the lab sees the one file of all objects, as if the API server were always within reach. */
export const OBJECTS_FILE = '/run/lab/api/objects.json';

/** What a stored object is named by. */
export type Name = { readonly resource: string; readonly namespace: string | null; readonly name: string };

/** Resources by every word that kubectl takes for them, as far as the lab needs them. */
const RESOURCES: Readonly<Record<string, readonly [kind: string, words: readonly string[]]>> = {
  namespaces: ['Namespace', ['namespace', 'ns']],
  nodes: ['Node', ['node', 'no']],
  pods: ['Pod', ['pod', 'po']],
  services: ['Service', ['service', 'svc']],
  endpointslices: ['EndpointSlice', ['endpointslice', 'endpointslices.discovery.k8s.io']],
  networkpolicies: ['NetworkPolicy', ['networkpolicy', 'netpol', 'networkpolicies.networking.k8s.io']],
  globalnetworkpolicies: ['GlobalNetworkPolicy', ['globalnetworkpolicy', 'gnp', 'globalnetworkpolicies.crd.projectcalico.org']],
  // Calico's namespaced ones share their kind with those of Kubernetes: the lab has none
  'networkpolicies.crd.projectcalico.org': ['Calico NetworkPolicy', []],
};
const CLUSTER_WIDE = new Set(['namespaces', 'nodes', 'globalnetworkpolicies']);

/** The resource that a word or a kind means. */
export function resourceOf(word: string): string {
  const found = Object.entries(RESOURCES).find(([plural, [kind, words]]) => plural === word || kind === word || words.includes(word));
  if (found === undefined) throw new Error(`the server doesn't have a resource type "${word}"`);
  return found[0];
}

export const isClusterWide = (resource: string): boolean => CLUSTER_WIDE.has(resource);

/** All objects, in the order in which they were made. */
export function readObjects(file = OBJECTS_FILE): readonly ApiObject[] {
  if (!existsSync(file)) throw new Error('The connection to the server was refused - did you specify the right host or port?');
  return JSON.parse(readFileSync(file, 'utf8')); // written by the lab alone
}

/** Replaces all objects at once, never half. */
export function writeObjects(objects: readonly ApiObject[], file = OBJECTS_FILE): void {
  writeFileSync(`${file}.new`, JSON.stringify(objects));
  renameSync(`${file}.new`, file);
}

export const nameOf = ({ kind, metadata }: ApiObject): Name => ({
  resource: resourceOf(kind),
  namespace: metadata.namespace ?? null,
  name: metadata.name,
});

export const isNamed = (object: ApiObject, { resource, namespace, name }: Name): boolean => {
  const own = nameOf(object);
  return own.resource === resource && own.name === name && (isClusterWide(resource) || own.namespace === namespace);
};
