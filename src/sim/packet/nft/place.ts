import { placeText } from '../run.ts';
import type { NftContext } from './context.ts';

/** How a rule is called in choices. */
export const placed = ({ stack, at }: NftContext): string => `${placeText(stack)} nft ${at}`;
