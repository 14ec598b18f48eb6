import type { NodeIdentity } from './identity.ts';

/** The MAC of a machine that is gone: what all others hold for the last node. */
export const OLD_MAC = '02:de:ad:00:00:01';

/** Everything by which texts of the recorded node become those of a drawn one. */
export type Plan = {
  readonly like: NodeIdentity;
  readonly others: readonly NodeIdentity[];
  readonly own: NodeIdentity;
  readonly all: readonly NodeIdentity[];
};
