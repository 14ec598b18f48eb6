import { listIn, type Message, messageIn } from '../stand-ins/etcd/messages.ts';
import type { ApiObject } from './objects.ts';

const textIn = (message: Message, name: string): string => String(message[name] ?? '');
const entries = (value: unknown): readonly (readonly [string, unknown])[] => Object.entries(messageIn(value));

/** What the EndpointSlice controller makes of the objects: each Service with a selector has the slice that its pods are in. */
export function reconciled(objects: readonly ApiObject[]): readonly ApiObject[] {
  return objects.map((object) => {
    if (object.kind !== 'EndpointSlice') return object;
    const { namespace, labels } = object.metadata;
    const name = textIn(messageIn(labels), 'kubernetes.io/service-name');
    const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.namespace === namespace && metadata.name === name);
    const spec = messageIn(service?.['spec']);
    if (service === undefined || entries(spec['selector']).length === 0 || messageIn(labels)['lab/kept'] !== undefined) return object;
    return sliceOf(object, spec, objects);
  });
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
  return { ...slice, ports, endpoints: pods.map(endpointOf) };
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

function endpointOf(pod: ApiObject): Message {
  const status = messageIn(pod['status']);
  const conditions = listIn(status['conditions']).map(messageIn);
  const ready = conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return {
    addresses: [textIn(status, 'podIP')],
    conditions: { ready, serving: ready, terminating: false },
    nodeName: messageIn(pod['spec'])['nodeName'],
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name },
  };
}
