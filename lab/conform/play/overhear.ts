import type { Header, Wire } from '../stage/wire.ts';
import { addFrames, type Noise } from './rounds.ts';

const TCP = 6;
/** What has arrived is there. */
const AT_ONCE_MS = 1;

/**
 * Adds to the noise what came after the last round: who has no neighbour asks three times, a second apart
 * (net/core/neighbour.c neigh_timer_handler), and IPv6's questions pass the rules, ARP's those at devices. What was drawn, or is about it, is the model's to tell.
 */
export async function overhear(wire: Pick<Wire, 'send'>, { others, frames }: Pick<Noise, 'others' | 'frames'>): Promise<void> {
  const { seen, frames: more } = await wire.send([], AT_ONCE_MS);
  addFrames(frames, more);
  for (const { in: namespace, header } of seen) if (isNobodys(header)) others.set(namespace, (others.get(namespace) ?? 0) + 1);
}

/** Whether nothing in it carries a packet's number. */
const isNobodys = ({ id, protocol, inner, about }: Header): boolean =>
  id === 0 && protocol !== TCP && [inner, about].every((one) => one === undefined || isNobodys(one));
