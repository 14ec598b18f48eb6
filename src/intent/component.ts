import type { Facts } from '#facts/facts';
import type { Action } from '#change/change';

/**
 * A component of the cluster as it was measured: what it does when something changes. Its omissions are part of it: flanneld
 * repairs no deleted route.
 */
export type Component = {
  readonly id: string;
  /** What it does after the change, to the facts; the same facts when it does nothing. */
  readonly reacts: (before: Facts, after: Facts, change: Action) => Facts;
};

export const defineComponent = (component: Component): Component => component;
