import { type Action, defineAction, type Preview } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';
import { CLUSTER, type Scope } from '#snapshot/scope';

type Slice = FactOf<'endpoints'>;

/** A ready endpoint as the controller would write it. */
export type NewEndpoint = { readonly address: Ip; readonly node: string | null; readonly pod: string | null };

/** One change of an EndpointSlice; `at` counts from 0 within the list that it names. */
export type SliceChange =
  | { readonly is: 'drop'; readonly at: number; readonly address: Ip }
  | { readonly is: 'add'; readonly endpoint: NewEndpoint }
  /** What an empty slice gets: its lists are put whole. */
  | { readonly is: 'fill'; readonly endpoints: readonly NewEndpoint[]; readonly ports: Slice['ports'] }
  | { readonly is: 'port-name'; readonly at: number; readonly was: string; readonly name: string };

/** An EndpointSlice, changed in one place by whoever has kubectl. */
export type SliceParams = { readonly namespace: string; readonly name: string; readonly change: SliceChange };

/** Changes one EndpointSlice; what kube-proxy then does is told by `intent`. */
export const changeSlice = (
  on: Scope,
  { namespace, name }: Pick<Slice, 'namespace' | 'name'>,
  change: SliceChange,
): Action<SliceParams> => ({
  do: 'endpoint-slice',
  on,
  params: { namespace, name, change },
});

/** One operation of a JSON patch (RFC 6902). */
export type Operation = { readonly op: 'add' | 'remove' | 'replace' | 'test'; readonly path: string; readonly value?: unknown };

const objectOf = (namespace: string, { address, node, pod }: NewEndpoint): object => ({
  addresses: [address],
  conditions: { ready: true, serving: true, terminating: false },
  ...(node === null ? {} : { nodeName: node }),
  ...(pod === null ? {} : { targetRef: { kind: 'Pod', namespace, name: pod } }),
});

/** What kubectl is told; a change that finds something else in its place than it means does nothing. */
export function operationsOf({ namespace, change }: SliceParams): readonly Operation[] {
  switch (change.is) {
    case 'drop':
      return [
        { op: 'test', path: `/endpoints/${change.at}/addresses/0`, value: change.address },
        { op: 'remove', path: `/endpoints/${change.at}` },
      ];
    case 'add':
      return [{ op: 'add', path: '/endpoints/-', value: objectOf(namespace, change.endpoint) }];
    case 'fill':
      return [
        { op: 'add', path: '/ports', value: change.ports },
        { op: 'add', path: '/endpoints', value: change.endpoints.map((one) => objectOf(namespace, one)) },
      ];
    case 'port-name':
      return [
        { op: 'test', path: `/ports/${change.at}/name`, value: change.was },
        { op: 'replace', path: `/ports/${change.at}/name`, value: change.name },
      ];
  }
}

/** The same as a person would type it. */
export const sliceCommand = ({ namespace, name }: SliceParams, operations: readonly Operation[]): readonly string[] => [
  'kubectl',
  '-n',
  namespace,
  'patch',
  'endpointslice',
  name,
  '--type=json',
  '-p',
  JSON.stringify(operations),
];

const factOf = ({ address, node, pod }: NewEndpoint): Slice['addresses'][number] => ({
  address,
  ready: true,
  serving: true,
  terminating: false,
  node,
  pod,
  zone: null,
  forZones: null,
  forNodes: null,
});

/** The slice after the change; nothing where it is not as the change expects it. */
function changed(slice: Slice, change: SliceChange): Omit<Slice, 'origin'> | undefined {
  const { origin: _, ...rest } = slice;
  switch (change.is) {
    case 'drop':
      return rest.addresses[change.at]?.address === change.address
        ? { ...rest, addresses: rest.addresses.toSpliced(change.at, 1) }
        : undefined;
    case 'add':
      return { ...rest, addresses: [...rest.addresses, factOf(change.endpoint)] };
    case 'fill':
      return { ...rest, ports: change.ports, addresses: change.endpoints.map(factOf) };
    case 'port-name':
      return rest.ports[change.at]?.name === change.was
        ? { ...rest, ports: rest.ports.map((port, at) => (at === change.at ? { ...port, name: change.name } : port)) }
        : undefined;
  }
}

/** What is there before and after, in words. */
function words(change: SliceChange): readonly string[] {
  switch (change.is) {
    case 'drop':
      return [`- endpoint ${change.address}`];
    case 'add':
      return [`+ endpoint ${change.endpoint.address}`];
    case 'fill':
      return change.endpoints.map(({ address }) => `+ endpoint ${address}`);
    case 'port-name':
      return [`- port name: "${change.was}"`, `+ port name: "${change.name}"`];
  }
}

const sliceIn = (facts: Facts, { namespace, name }: SliceParams): Slice | undefined => {
  const slices = facts.seen('endpoints', CLUSTER);
  return slices.is === 'seen' ? slices.value.find((one) => one.namespace === namespace && one.name === name) : undefined;
};

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

export default defineAction<SliceParams>({
  id: 'endpoint-slice',
  rights: 'patch on endpointslices in its namespace',
  command: ({ params }) => sliceCommand(params, operationsOf(params)).map(quoted).join(' '),
  diff: (_, { params: { namespace, name, change } }) =>
    words(change).map((line) => `${line.slice(0, 1)} endpointslice ${namespace}/${name}${line.slice(1)}`),
  preview: (facts, { params }): Preview => {
    const slice = sliceIn(facts, params);
    const fact = slice === undefined ? undefined : changed(slice, params.change);
    if (fact !== undefined) {
      return { is: 'facts', facts: edit(facts, [{ op: 'put', kind: 'endpoints', scope: CLUSTER, fact }], 'kubectl patch endpointslice') };
    }
    const slices = facts.seen('endpoints', CLUSTER);
    const detail = `the EndpointSlice ${params.namespace}/${params.name} is not as it was`;
    return { is: 'unknown', gap: slices.is === 'gap' ? slices.gap : { of: 'endpoints', scope: CLUSTER, why: 'not collected', detail } };
  },
});
