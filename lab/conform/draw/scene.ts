import type { Area } from './construct.ts';
import type { Layout } from './layout.ts';
import type { Conversation } from './packet.ts';
import type { Line, Rule } from './rule.ts';

/** Rules of iptables that are taken away while conversations go on, and lines that are run: before the step of that number. */
export type Change = { readonly before: number; readonly without: readonly Rule[]; readonly lines?: readonly Line[] };

/** One drawn case: a topology, what is loaded into it, and what is sent through it. */
export type Scene = {
  readonly area: Area;
  readonly seed: string;
  readonly layout: Layout;
  readonly rules: readonly Rule[];
  readonly conversations: readonly Conversation[];
  readonly change?: Change;
};
