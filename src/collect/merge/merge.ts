import type { Clock, Entry, SnapshotIndex } from '#snapshot/snapshot';
import { type Archive, archiveOf, BrokenArchive, bytesOf } from '../archive/archive.ts';
import { clockNotes } from './clocks.ts';

/** An archive with the name that messages call it by. */
export type Named = { readonly name: string; readonly archive: Archive };

/** Several captures as one, and what a user should know of how they fit. */
export type Merged = { readonly archive: Archive; readonly notes: readonly string[] };

type Reading = { readonly entry: Omit<Entry, 'parts'>; readonly content: Buffer };

/** Joins captures of several nodes. Of a node that is there twice the newer capture stands, if it is the same machine. */
export function mergeArchives(all: readonly Named[], version: string): Merged {
  const notes: string[] = [];
  const owners = ownersOf(all, notes);
  const readings: Reading[] = [];
  const clocks: Clock[] = [];
  const gaps = new Map<string, SnapshotIndex['gaps'][number]>();
  const names = new Set<string>();
  for (const [at, { archive }] of all.entries()) {
    const mine = (node: string): boolean => node === '' || owners.get(node) === at;
    for (const { parts: _, ...entry } of archive.index.entries.filter(({ scope }) => mine(scope.node))) {
      const content = bytesOf(archive, { ...entry, parts: _ });
      readings.push({ entry: { ...entry, file: freeName(entry.file, names) }, content });
    }
    clocks.push(...archive.index.clocks.filter(({ node }) => mine(node)));
    for (const gap of archive.index.gaps) if (mine(gap.scope.node)) gaps.set(JSON.stringify(gap), gap);
  }
  const window = windowOf(all);
  const index = {
    format: 'leadline-snapshot',
    version: 1,
    tool: { name: 'leadline', version },
    ...window,
    clocks,
    gaps: [...gaps.values()],
  } as const;
  return { archive: archiveOf(index, readings), notes: [...notes, ...clockNotes(clocks)] };
}

/** Which archive each node is taken from. */
function ownersOf(all: readonly Named[], notes: string[]): ReadonlyMap<string, number> {
  const owners = new Map<string, number>();
  for (const [at, { name, archive }] of all.entries()) {
    for (const node of nodesOf(archive)) {
      const before = owners.get(node);
      const rival = before === undefined ? undefined : all[before];
      if (rival === undefined) {
        owners.set(node, at);
        continue;
      }
      refuseStrangers(node, rival, { name, archive });
      const newer = lastSeen(archive, node) >= lastSeen(rival.archive, node);
      if (newer) owners.set(node, at);
      notes.push(`${node} is in ${rival.name} and in ${name}: the newer one, ${newer ? name : rival.name}, is taken`);
    }
  }
  return owners;
}

function refuseStrangers(node: string, one: Named, other: Named): void {
  const [first, second] = [machineOf(one.archive, node), machineOf(other.archive, node)];
  if (first !== undefined && second !== undefined && first !== second) {
    throw new BrokenArchive(
      `${one.name} and ${other.name} are of two machines that are both called ${node} (machine ids ${first} and ${second}): capture one of them again with --node`,
    );
  }
}

const nodesOf = ({ index }: Archive): ReadonlySet<string> =>
  new Set([...index.clocks.map(({ node }) => node), ...index.entries.map(({ scope }) => scope.node)].filter((node) => node !== ''));

function machineOf(archive: Archive, node: string): string | undefined {
  const host = archive.index.entries.find(({ format, scope }) => format === 'host' && scope.node === node);
  return host === undefined ? undefined : /^machine-id (\S+)$/m.exec(bytesOf(archive, host).toString('utf8'))?.[1];
}

function lastSeen({ index }: Archive, node: string): number {
  const times = [
    ...index.clocks.filter((clock) => clock.node === node).map(({ wall }) => wall),
    ...index.entries.filter(({ scope }) => scope.node === node).map(({ ended }) => ended ?? 0),
  ];
  return times.reduce((latest, time) => Math.max(latest, time), 0);
}

function freeName(file: string, taken: Set<string>): string {
  let free = file;
  for (let number = 2; taken.has(free); number += 1) free = `${file}~${number}`;
  taken.add(free);
  return free;
}

function windowOf(all: readonly Named[]): Pick<SnapshotIndex, 'window'> {
  const windows = all.map(({ archive }) => archive.index.window).filter((window) => window !== undefined);
  const [first] = windows;
  if (first === undefined) return {};
  return { window: { from: Math.min(...windows.map(({ from }) => from)), to: Math.max(...windows.map(({ to }) => to)) } };
}
