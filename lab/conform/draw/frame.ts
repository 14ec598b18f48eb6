import type { Layout, Namespace } from './layout.ts';
import type { Aim, Packet } from './packet.ts';

type Frame = Pick<Packet, 'device' | 'ether'> & { readonly through: 'frame' } & Partial<Pick<Packet, 'source' | 'destination'>>;

/** How a packet is put on the wire to the neighbour, with the addresses that are aimed at; not where there is no wire. */
export function frameOf(layout: Layout, from: Namespace, { source, destination }: Aim): Frame | undefined {
  const device = from.devices.find(({ peer }) => peer !== undefined);
  const neighbour = layout.namespaces
    .find(({ name }) => name === device?.peer?.namespace)
    ?.devices.find(({ name }) => name === device?.peer?.device);
  if (device === undefined || neighbour === undefined) return undefined;
  return {
    through: 'frame',
    device: device.name,
    ether: { from: device.mac, to: neighbour.mac },
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
  };
}
