import { listIn, type Message, messageIn } from '../stand-ins/etcd/messages.ts';
import type { ApiObject } from './objects.ts';

const textIn = (message: Message, name: string): string => String(message[name] ?? '');
const entries = (value: unknown): readonly (readonly [string, unknown])[] => Object.entries(messageIn(value));

/** What the EndpointSlice controller makes of the objects: each Service with a selector has the slice that its pods are in. */
export function reconciled(objects: readonly ApiObject[]): readonly ApiObject[] {
  const served = objects.filter(({ kind, metadata }) => kind !== 'EndpointSlice' || objects.some((one) => isServiceOf(one, metadata)));
  return [...served, ...served.flatMap((object) => newSlice(object, served))].map((object) => {
    if (object.kind !== 'EndpointSlice') return object;
    const service = objects.find((one) => isServiceOf(one, object.metadata));
    const spec = messageIn(service?.['spec']);
    if (service === undefined || entries(spec['selector']).length === 0) return object;
    return sliceOf(object, spec, objects);
  });
}

const serviceName = (metadata: ApiObject['metadata']): string => textIn(messageIn(metadata['labels']), 'kubernetes.io/service-name');

const isServiceOf = ({ kind, metadata }: ApiObject, slice: ApiObject['metadata']): boolean =>
  kind === 'Service' && metadata.namespace === slice.namespace && metadata.name === serviceName(slice);

/** A Service that is new gets its slice. */
function newSlice(object: ApiObject, objects: readonly ApiObject[]): readonly ApiObject[] {
  const has = objects.some(({ kind, metadata }) => kind === 'EndpointSlice' && isServiceOf(object, metadata));
  if (object.kind !== 'Service' || has || entries(messageIn(object['spec'])['selector']).length === 0) return [];
  const { name, namespace = 'default' } = object.metadata;
  const metadata = { name: `${name}-lab01`, namespace, labels: { 'kubernetes.io/service-name': name } };
  return [{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', ports: [], endpoints: [] }];
}

function sliceOf(slice: ApiObject, spec: Message, objects: readonly ApiObject[]): ApiObject {
  const wanted = entries(spec['selector']);
  const pods = objects.filter(
    ({ kind, metadata }) =>
      kind === 'Pod' &&
      metadata.namespace === slice.metadata.namespace &&
      wanted.every(([label, value]) => messageIn(metadata['labels'])[label] === value),
  );
  const ports = listIn(spec['ports']).flatMap((one) => {
    const port = messageIn(one);
    const number = pods[0] === undefined ? undefined : portOn(pods[0], port);
    return number === undefined ? [] : [{ name: textIn(port, 'name'), protocol: textIn(port, 'protocol'), port: number }];
  });
  const published = spec['publishNotReadyAddresses'] === true;
  return { ...slice, ports, endpoints: pods.map((pod) => endpointOf(pod, published)) };
}

/** A target port is a number, or the name of a container's port. */
function portOn(pod: ApiObject, port: Message): number | undefined {
  const target = port['targetPort'];
  if (typeof target === 'number') return target;
  const named = listIn(messageIn(pod['spec'])['containers'])
    .flatMap((container) => listIn(messageIn(container)['ports']))
    .map(messageIn)
    .find((one) => one['name'] === target && one['protocol'] === port['protocol']);
  return typeof named?.['containerPort'] === 'number' ? named['containerPort'] : undefined;
}

function endpointOf(pod: ApiObject, published: boolean): Message {
  const status = messageIn(pod['status']);
  const conditions = listIn(status['conditions']).map(messageIn);
  const ready = conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return {
    addresses: [textIn(status, 'podIP')],
    conditions: { ready: ready || published, serving: ready, terminating: false },
    nodeName: messageIn(pod['spec'])['nodeName'],
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name },
  };
}
