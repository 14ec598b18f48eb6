import type { World } from '#dataplane/world';
import type { FactOf, KindId } from '#facts/kinds';
import type { Facts } from '#facts/facts';
import type { TracedOutcome, Walk } from '#sim/packet/outcome';
import type { Scope } from '#snapshot/scope';
import type { Seen } from '#snapshot/seen';
import type { AskedCheck } from './check.ts';

/** One end of a failing check's way (or of its answer's way), with the check it belongs to. */
export type Ending = { readonly check: AskedCheck; readonly outcome: TracedOutcome; readonly walk: Walk; readonly way: 'there' | 'back' };

/** What a fault's judge may look at: the facts, the tables built from them, and the checks with their answers. */
export type View = {
  readonly facts: Facts;
  readonly world: World;
  readonly checks: readonly AskedCheck[];
  /** The same as `facts.seen`. */
  readonly seen: <K extends KindId>(kind: K, scope: Scope, part?: string) => Seen<readonly FactOf<K>[]>;
  /** Where failing checks end, there or on the way back, at a node or anywhere. */
  readonly endings: (node?: string) => readonly Ending[];
  /** Checks whose way (there or back) crosses a node and whose answer is not known. */
  readonly unknowns: (node?: string) => readonly AskedCheck[];
};
