import type { ApiObject } from '../../api/objects.ts';
import { type Message, listIn, messageIn } from '../etcd/messages.ts';
import type { LabService } from '../../vocabulary.ts';
import { outwardOf, type Own } from './outward.ts';

type Backend = { readonly address: string; readonly port: number; readonly node: string };

const textIn = (message: Message, name: string): string => String(message[name] ?? '');

/** What the objects ask a node for, port by port, in the order of the objects; Services of other shapes than the lab's are passed over. */
export function servicesIn(objects: readonly ApiObject[], node: string): readonly LabService[] {
  const slices = objects.filter(({ kind }) => kind === 'EndpointSlice').map((slice) => messageIn(slice));
  const own = { name: node, address: addressOf(objects, node) };
  return objects.filter(({ kind }) => kind === 'Service').flatMap((service) => portsOf(messageIn(service), slices, own));
}

/** The address that a Node object has. */
export function addressOf(objects: readonly ApiObject[], node: string): string {
  const object = objects.find(({ kind, metadata }) => kind === 'Node' && metadata.name === node);
  const addresses = listIn(messageIn(object?.['status'])['addresses']).map(messageIn);
  return textIn(addresses.find(({ type }) => type === 'InternalIP') ?? {}, 'address');
}

function portsOf(service: Message, slices: readonly Message[], node: Own): readonly LabService[] {
  const [metadata, spec] = [messageIn(service['metadata']), messageIn(service['spec'])];
  const clusterIp = textIn(spec, 'clusterIP');
  if (clusterIp === '' || clusterIp === 'None') return [];
  const [namespace, name] = [textIn(metadata, 'namespace'), textIn(metadata, 'name')];
  const own = slices.filter((slice) => belongsTo(slice, namespace, name));
  return listIn(spec['ports']).map((one): LabService => {
    const port = messageIn(one);
    const protocol = textIn(port, 'protocol');
    const backends = own.flatMap((slice) => addressesOf(slice, textIn(port, 'name'), protocol));
    const outward = outwardOf(service, port, node, new Set(backends.filter((one) => one.node === node.name).map((one) => one.address)));
    return {
      name: `${namespace}/${name}${portName(textIn(port, 'name'))}`,
      clusterIp,
      port: Number(port['port']),
      protocol: protocol === 'UDP' ? 'udp' : 'tcp',
      targetPort: backends[0]?.port ?? 0,
      endpoints: [...new Set(backends.map(({ address }) => address))].sort(),
      ...(outward === undefined ? {} : { outward }),
    };
  });
}

/** kube-proxy names a port that has no name by its Service alone. */
const portName = (name: string): string => (name === '' ? '' : `:${name}`);

function belongsTo(slice: Message, namespace: string, service: string): boolean {
  const metadata = messageIn(slice['metadata']);
  return textIn(metadata, 'namespace') === namespace && textIn(messageIn(metadata['labels']), 'kubernetes.io/service-name') === service;
}

/** The ready addresses of a slice for one port of the Service, joined by the port's name. */
function addressesOf(slice: Message, portName: string, protocol: string): readonly Backend[] {
  const port = listIn(slice['ports'])
    .map(messageIn)
    .find((one) => textIn(one, 'name') === portName && textIn(one, 'protocol') === protocol)?.['port'];
  if (typeof port !== 'number') return [];
  return listIn(slice['endpoints'])
    .map(messageIn)
    .filter((one) => messageIn(one['conditions'])['ready'] !== false)
    .flatMap((one) => listIn(one['addresses']).map((address) => ({ address: String(address), port, node: textIn(one, 'nodeName') })));
}
