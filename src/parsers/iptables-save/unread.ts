import { ASKS_NOTHING } from '#facts/iptables/iptables';
import type { Origin } from '#snapshot/origin';
import type { Rule } from './rule.ts';

/** A rule of which nothing is understood: it keeps its place, for the order of rules means something. */
export const unread = (line: string, problem: string, origin: Origin): Rule => ({
  origin,
  text: line.trim(),
  counters: undefined,
  ...ASKS_NOTHING,
  problem,
});
