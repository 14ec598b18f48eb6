export type { Files, Finished, RunOptions, World } from '#world/world';
