import type { World } from '#dataplane/world';
import { enumerate } from '#sim/clock/choice';
import type { Packet } from '#sim/packet/packet';
import { send } from '#sim/packet/send';
import { settle } from '#sim/packet/settle';
import { FRESH } from '#sim/packet/state';
import { packetOf, type Traced } from '#sim/packet/trace';
import type { Looked } from './silence.ts';

/** An acknowledgement that carries data: what a connection in use sends. */
const DATA = { syn: false, ack: true, rst: false, fin: false } as const;

/** The way of a connection's next packet, by its own four numbers: a rule may mean exactly these. */
export function ownWay(world: World, { scope, last: { local, remote } }: Looked): Traced {
  if (local.address === null || remote === null || remote.address === null) return { outcomes: [], complete: false };
  const flow = {
    from: scope,
    source: local.address,
    sport: local.port,
    to: remote.address,
    port: remote.port,
    protocol: 'tcp',
  } as const;
  const packet: Packet = { ...packetOf(world, flow), tcp: DATA };
  const { branches, complete } = enumerate((chooser) => send(world, scope, packet, FRESH, chooser, 0));
  return { outcomes: settle(branches), complete };
}
