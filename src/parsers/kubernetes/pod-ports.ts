import type { PodPort } from '#facts/pod/pod';
import { parseIp } from '#net/ip';
import { listAt, numberAt, textAt } from '../document.ts';
import { protocolOf } from './protocol.ts';

/** The ports of all containers of a Pod, side-cars (restartable init containers) included. */
export function podPorts(pod: unknown): readonly PodPort[] {
  const sidecars = (listAt(pod, 'spec', 'initContainers') ?? []).filter((one) => textAt(one, 'restartPolicy') === 'Always');
  const containers = [...(listAt(pod, 'spec', 'containers') ?? []), ...sidecars];
  return containers.flatMap((container) => listAt(container, 'ports') ?? []).flatMap(portOf);
}

function portOf(port: unknown): readonly PodPort[] {
  const number = numberAt(port, 'containerPort');
  const protocol = protocolOf(port);
  if (number === undefined || protocol === undefined) return [];
  const host = numberAt(port, 'hostPort');
  const address = parseIp(textAt(port, 'hostIP') ?? '') ?? null;
  return [
    {
      name: textAt(port, 'name') ?? null,
      port: number,
      protocol,
      host: host === undefined || host === 0 ? null : { address, port: host },
    },
  ];
}
