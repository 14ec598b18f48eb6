import type { Link } from '#facts/link/link';
import type { Stack } from './stack.ts';

/** A device in its namespace. */
export type Station = { readonly stack: Stack; readonly link: Link };
