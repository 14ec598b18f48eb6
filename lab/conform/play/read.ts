import { type Counters, countersNow, lineOf, type RuleFile } from '../stage/counters.ts';
import { LISTED, type Table, tableOf } from './connections.ts';
import type { Staged } from './rounds.ts';

/** What the kernel has counted and tracks. */
export type Reading = { readonly counters: Counters; readonly tables: ReadonlyMap<string, Table> };

/** Counters of rule files and connections of all namespaces now. */
export async function readNow(staged: readonly Staged[], files: readonly RuleFile[]): Promise<Reading> {
  const all = staged.flatMap(({ scene, stage }) => scene.layout.namespaces.map(({ name }) => ({ name, stage })));
  const read = await Promise.all(
    all.map(async ({ name, stage }) => {
      const real = stage.name(name);
      const own = files.filter(({ namespace }) => namespace === real);
      const texts = (await stage.each(name, [...own.map(lineOf), LISTED])).map(({ stdout }) => stdout);
      return { real, counters: countersNow(own, texts), table: tableOf(texts[own.length] ?? '') };
    }),
  );
  return {
    counters: new Map(read.flatMap(({ counters }) => [...counters])),
    tables: new Map(read.map(({ real, table }) => [real, table])),
  };
}
