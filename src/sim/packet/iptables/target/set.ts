import { GO_ON, type MaybeTarget } from '../effect.ts';
import { takeAll } from '../match/depends.ts';

/** `-j SET`: changes a set for the packets after this one (net/netfilter/xt_set.c set_target_v3). What it maps to the packet is not captured. */
export const set: MaybeTarget = (options) => {
  const maps = options.has('map-set');
  takeAll(options);
  return maps ? () => ({ does: 'unknown', detail: 'what a set maps to the packet is not captured (net/netfilter/xt_set.c)' }) : () => GO_ON;
};
