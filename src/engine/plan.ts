import type { Action } from '#change/change';
import type { Words } from './words.ts';

/** An ordered list of actions that mends a finding; `manual` is what only a person can do, in words. */
export type Plan = {
  readonly steps: readonly Action[];
  /** What is not safe to automate, or cannot be reached from a node. */
  readonly manual?: Words;
  /** What a person's work comes to, in actions: previewed as the proof of a plan without steps, and never performed. */
  readonly byHand?: readonly Action[];
  /** What else the plan touches: connections cut, pods restarted. */
  readonly blast: Words;
  /** What keeps it from coming back. */
  readonly lasting?: Words;
};
