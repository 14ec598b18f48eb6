import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { Program } from './names.ts';

/** Something of Kubernetes or of a component that stands behind a line, and what shows it. */
export type Behind = {
  readonly kind: 'Service' | 'Pod' | 'Node' | 'NetworkPolicy' | 'Calico policy' | 'Namespace' | 'flannel lease' | 'IP address';
  /** `shop/web:http`, `shop/web-0`. */
  readonly name: string;
  readonly because: string;
  readonly origin: Origin | null;
};

/** Whose a line is. */
export type Owned = {
  /** `iptables rule`, `route` … */
  readonly what: string;
  /** The thing in its own words. */
  readonly text: string;
  readonly origin: Origin;
  /** `null`: no program is known to make this; a person, or one that is not known. */
  readonly owner: Program | null;
  readonly because: string;
  readonly behind: readonly Behind[];
  readonly gaps: readonly Gap[];
};
