import type { FactOf } from '#facts/kinds';
import type { Input, Problem } from '../format.ts';
import { askedOf, coverageUnfiltered } from '../iproute2.ts';

export type Fdb = FactOf<'fdb'>;

/** Where an entry lives and how, as the tool writes it. A bridge's permanent entries are its ports' own addresses (BR_FDB_LOCAL). */
export function stateOf(word: string | undefined, master: string | null | undefined): Pick<Fdb, 'state' | 'local'> {
  const local = master === undefined ? undefined : master !== null && word === 'permanent';
  if (word === 'permanent' || word === 'static' || word === 'stale') return { state: word, local };
  return { state: 'reachable', local };
}

/** The device that alone was asked for: its rows do not name it. */
export function deviceAsked(input: Input): string | undefined {
  const { rest } = askedOf(input);
  const at = Math.max(rest.indexOf('dev'), rest.indexOf('brport'));
  return at < 0 ? undefined : rest[at + 1];
}

/** Why a row that names no device says nothing, where its command is not known. */
export const ofNoDevice = (row: string): string =>
  `of which device? put \`# bridge fdb show dev NAME\`, as it was asked, before the first line, or take all of \`bridge fdb show\`: ${row}`;

/** A listing of one bridge, port or kind of state is a part; so is one with a row that was not understood. */
export function fdbCoverage(input: Input, listed: readonly Fdb[], problems: readonly Problem[]): true | readonly string[] {
  const asked = askedOf(input);
  if (problems.length > 0 || (!asked.known && listed.length > 0 && isOfOneBridge(listed))) return [];
  return coverageUnfiltered(input, asked);
}

/** Nothing but a bridge and its ports, as `bridge fdb show br cni0` prints: any machine's own devices have entries beside them. */
function isOfOneBridge(listed: readonly Fdb[]): boolean {
  const bridges = new Set(listed.flatMap(({ master }) => (typeof master === 'string' ? [master] : [])));
  const ports = new Set(listed.flatMap(({ dev, master }) => (typeof master === 'string' ? [dev] : [])));
  return bridges.size === 1 && listed.every(({ dev }) => bridges.has(dev) || ports.has(dev));
}
