import type { Station } from '#dataplane/station';
import type { World } from '#dataplane/world';
import type { Chooser } from '#sim/clock/choice';
import { skbOf } from './answer.ts';
import type { Next } from './next.ts';
import type { Walk } from './outcome.ts';
import type { Packet } from './packet.ts';
import { Run } from './run.ts';
import { FRESH } from './state.ts';
import { hopsOf } from './trail.ts';
import { walk } from './walk.ts';

/** A packet as it comes in at a device from somebody who was not captured. */
export function arriving({ stack, link }: Station, packet: Packet): Next {
  const skb = { ...skbOf(stack, packet), in: link, trail: { before: null, enters: stack, in: link.name } };
  return { stage: 'receive', skb, link };
}

/** A packet whose sender was not captured comes in at a device: its way from there on. Deterministic for a chooser. */
export function arrive(world: World, station: Station, packet: Packet, chooser: Chooser): Walk {
  const run = new Run(world, chooser, FRESH);
  const way = walk(run, arriving(station, packet));
  const { skb: last, disposition, at, reason } = way;
  const around = last.carries === null ? {} : { outer: last.packet };
  return { packet, received: last.carries?.packet ?? last.packet, ...around, disposition, at, reason, hops: hopsOf(last.trail) };
}
