import type { KindId } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';

/** A fact that decided a step, or a fact's absence (`key` then says what was looked for, `absent` is set). */
export type FactRef = {
  readonly kind: KindId;
  readonly scope: Scope;
  readonly key: string;
  readonly absent?: true;
  readonly origin: Origin;
};
