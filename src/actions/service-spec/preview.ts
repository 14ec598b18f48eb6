import { type Action, defineAction, type Preview } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { ServicePolicy } from '#facts/service/service';
import { CLUSTER, onNode, type Scope } from '#snapshot/scope';

type Service = FactOf<'service'>;

/** One field of a Service's spec with its new value. */
export type SpecChange =
  | { readonly field: 'selector'; readonly value: Readonly<Record<string, string>> }
  | { readonly field: 'targetPort'; readonly port: number; readonly value: string }
  | { readonly field: 'externalTrafficPolicy'; readonly value: 'Cluster' | 'Local' }
  | { readonly field: 'internalTrafficPolicy'; readonly value: 'Cluster' | 'Local' }
  | { readonly field: 'loadBalancerSourceRanges'; readonly value: readonly string[] };

/** A Service's spec, changed in one place by whoever has kubectl. */
export type ServiceSpec = { readonly namespace: string; readonly name: string; readonly change: SpecChange };

/** Changes one field of a Service; what its controllers then do is told by `intent`. */
export const changeService = (
  on: Scope,
  { namespace, name }: Pick<Service, 'namespace' | 'name'>,
  change: SpecChange,
): Action<ServiceSpec> => ({
  do: 'service-spec',
  on,
  params: { namespace, name, change },
});

/** Where kubectl is looked for: beside the API server, else on any node. */
export function kubectlNode(facts: Facts): Scope {
  const nodes = facts.nodes();
  const runs = (node: string): boolean => {
    const processes = facts.seen('process', onNode(node));
    return processes.is === 'seen' && processes.value.some(({ name }) => name === 'kube-apiserver');
  };
  return onNode(nodes.find(runs) ?? nodes[0] ?? '');
}

/** The place of the field in the object (RFC 6901), and what kubectl puts there. */
export function patchOf({ change }: ServiceSpec): { readonly path: string; readonly value: unknown } {
  if (change.field !== 'targetPort') return { path: `/spec/${change.field}`, value: change.value };
  const number = /^\d+$/.test(change.value) ? Number(change.value) : change.value;
  return { path: `/spec/ports/${change.port}/targetPort`, value: number };
}

/** The same as a person would type it. */
export const patchCommand = (
  params: ServiceSpec,
  op: 'add' | 'remove' = 'add',
  value: unknown = patchOf(params).value,
): readonly string[] => [
  'kubectl',
  '-n',
  params.namespace,
  'patch',
  'service',
  params.name,
  '--type=json',
  '-p',
  JSON.stringify([{ op, path: patchOf(params).path, ...(op === 'remove' ? {} : { value }) }]),
];

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const serviceOf = (facts: Facts, { namespace, name }: Pick<Service, 'namespace' | 'name'>): Service | undefined => {
  const services = facts.seen('service', CLUSTER);
  return services.is === 'seen' ? services.value.find((one) => one.namespace === namespace && one.name === name) : undefined;
};

const POLICY_FIELDS = {
  externalTrafficPolicy: 'external',
  internalTrafficPolicy: 'internal',
  loadBalancerSourceRanges: 'sourceRanges',
} as const satisfies Readonly<Record<string, keyof ServicePolicy>>;

function changed(service: Service, change: SpecChange): Omit<Service, 'origin'> {
  const { origin: _, ...rest } = service;
  if (change.field === 'selector') return { ...rest, selector: change.value };
  if (change.field === 'targetPort') {
    const ports = rest.ports.map((port, at) => (at === change.port ? { ...port, targetPort: change.value } : port));
    return { ...rest, ports };
  }
  if (rest.policy === undefined) return rest;
  // only policy Local has a port for the balancer's health checks: the API server takes it back
  const health = change.field === 'externalTrafficPolicy' && change.value === 'Cluster' ? { healthCheckNodePort: null } : {};
  return { ...rest, policy: { ...rest.policy, ...health, [POLICY_FIELDS[change.field]]: change.value } };
}

function held(service: Service | undefined, change: SpecChange): unknown {
  if (change.field === 'selector') return service?.selector;
  if (change.field === 'targetPort') return service?.ports[change.port]?.targetPort;
  return service?.policy?.[POLICY_FIELDS[change.field]];
}

export default defineAction<ServiceSpec>({
  id: 'service-spec',
  rights: 'patch on services in its namespace',
  command: ({ params }) => patchCommand(params).map(quoted).join(' '),
  diff: (facts, { params }) => {
    const { namespace, name, change } = params;
    const line = (value: unknown): string =>
      `service ${namespace}/${name} ${patchOf(params).path.replace('/spec/', '')}: ${JSON.stringify(value)}`;
    return [`- ${line(held(serviceOf(facts, params), change))}`, `+ ${line(change.value)}`];
  },
  preview: (facts, { params }): Preview => {
    const service = serviceOf(facts, params);
    if (service === undefined) {
      const services = facts.seen('service', CLUSTER);
      const detail = `the Service ${params.namespace}/${params.name} was not seen`;
      return { is: 'unknown', gap: services.is === 'gap' ? services.gap : { of: 'service', scope: CLUSTER, why: 'not collected', detail } };
    }
    const fact = changed(service, params.change);
    return { is: 'facts', facts: edit(facts, [{ op: 'put', kind: 'service', scope: CLUSTER, fact }], 'kubectl patch service') };
  },
});
