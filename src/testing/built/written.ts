import { emptyPartition } from '#facts/edit';
import type { Partition } from '#facts/facts';
import type { FactOf, KindId } from '#facts/kinds';
import type { Scope } from '#snapshot/scope';

/** A fact before it is told where it was read. */
export type Bare<K extends KindId> = Omit<FactOf<K>, 'origin'>;

/** The folder of a scope in a snapshot. */
export const folderOf = ({ node, netns }: Scope): string => (netns === '' ? `nodes/${node}` : `nodes/${node}/netns/${netns}`);

/** A whole reading of one kind, one line per fact, as a capture would give it. */
export function written<K extends KindId>(kind: K, scope: Scope, file: string, facts: readonly Bare<K>[]): Partition {
  const path = scope.node === '' ? file : `${folderOf(scope)}/${file}`;
  const placed = facts.map((fact, index) => ({ ...fact, origin: { file: path, line: index + 1 } }) as unknown as FactOf<K>);
  const looks = [1, 2].map((look) => ({ look, at: 1_763_700_000_000 + 2000 * (look - 1), facts: placed }));
  return { ...emptyPartition(kind, scope), facts: placed, looks, readings: [{ file: path }], covers: true } as unknown as Partition;
}
