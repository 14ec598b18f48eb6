import type { FactOf } from '#facts/kinds';
import type { Input } from '../format.ts';
import { askedOf, coverageUnfiltered } from '../iproute2.ts';

export type Fdb = FactOf<'fdb'>;

/** Where an entry lives and how, as the tool writes it. A bridge's permanent entries are its ports' own addresses (BR_FDB_LOCAL). */
export function stateOf(word: string | undefined, master: string | null | undefined): Pick<Fdb, 'state' | 'local'> {
  const local = master === undefined ? undefined : master !== null && word === 'permanent';
  if (word === 'permanent' || word === 'static' || word === 'stale') return { state: word, local };
  return { state: 'reachable', local };
}

/** A listing of one bridge, port or kind of state is a part. */
export const fdbCoverage = (input: Input): true | readonly string[] => coverageUnfiltered(input, askedOf(input));
