import type { Scenario } from '../vocabulary.ts';

/** Whether a scenario wants a lab of its own kind: it plays neither in a pair nor on what another one left. */
export const isApart = ({ needs }: Scenario): boolean => needs?.alone === true || needs?.apart === true;
