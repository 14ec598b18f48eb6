import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { FactRef } from '../outcome.ts';

/** Whether rules let a message of the neighbour protocols through, which drops it (`counted` are all that counted it), or why that is not known. */
export type Heard =
  | { readonly is: 'heard' }
  | { readonly is: 'lost'; readonly by: readonly FactRef[]; readonly counted: readonly Origin[] }
  | { readonly is: 'gap'; readonly gap: Gap };
