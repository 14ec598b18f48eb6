import type { World as Effects } from '#world/world';
import type { OpenedBefore } from './opened-before.ts';

export type { Files, Finished, RunOptions } from '#world/world';

/** Every effect that a command may have, and what the process has opened already where it runs many command lines. */
export type World = Effects & { readonly before?: OpenedBefore };
