import type { Plan } from '#engine/plan';
import { trueLease } from '#engine/plans/true-lease';
import type { View } from '#engine/view';
import type { Found } from './text.ts';

/** What the node that lives in the subnet would say of itself. */
export const fix = (found: Found, { facts }: View): Plan => trueLease(found, facts);
