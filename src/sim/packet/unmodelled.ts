import { UNANSWERED } from './iptables/match/depends.ts';
import { UNMODELLED_TARGETS } from './iptables/target/unmodelled.ts';
import { UNMODELLED_STATEMENTS } from './nft/unmodelled.ts';

/** What a rule may hold that the model knows and does not follow: a packet that it matters to ends unknown, with this reason. */
export type Unmodelled = { readonly construct: string; readonly reason: string };

/** All of them, from the tables that the walk itself reads. */
export const UNMODELLED: readonly Unmodelled[] = [
  ...Object.entries(UNANSWERED).map(([name, { detail }]) => ({ construct: `-m ${name}`, reason: detail })),
  ...Object.entries(UNMODELLED_TARGETS).map(([name, reason]) => ({ construct: `-j ${name}`, reason })),
  ...Object.entries(UNMODELLED_STATEMENTS).map(([name, reason]) => ({ construct: `nft ${name}`, reason })),
];
