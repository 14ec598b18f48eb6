import { sha256 } from '#collect/archive/archive';
import { ParseMemo } from '#parsers/parse-memo';
import type { Snapshot } from '#snapshot/snapshot';
import type { Opened } from './opened.ts';

/** So much is kept: a few lookings at one cluster, and what was captured of it before and after. */
const SNAPSHOTS = 32;
const OPENED = 8;
/** Texts of so many characters in all; then all are forgotten. */
const PARSED_CHARACTERS = 64 * 1024 * 1024;

/** What one process has opened for earlier command lines, by content: the latest few are opened once. */
export class OpenedBefore {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #opened = new Map<string, Opened>();
  #memo = new ParseMemo();

  /** What was parsed, for whoever looks at the same cluster again. */
  get memo(): ParseMemo {
    if (this.#memo.characters > PARSED_CHARACTERS) this.#memo = new ParseMemo();
    return this.#memo;
  }

  /** The snapshot that a file holds. */
  async snapshot(packed: Buffer, open: () => Promise<Snapshot>): Promise<Snapshot> {
    const name = sha256(packed);
    return this.#snapshots.get(name) ?? kept(this.#snapshots, name, await open(), SNAPSHOTS);
  }

  /** What several snapshots together tell; those that were not kept are opened each time. */
  opened(snapshots: readonly Snapshot[], open: () => Opened): Opened {
    const names = new Map([...this.#snapshots].map(([name, snapshot]) => [snapshot, name]));
    const own = snapshots.map((snapshot) => names.get(snapshot));
    if (own.includes(undefined)) return open();
    const name = own.join(' ');
    return this.#opened.get(name) ?? kept(this.#opened, name, open(), OPENED);
  }
}

/** Keeps a value; what came first goes first. */
function kept<T>(map: Map<string, T>, name: string, value: T, most: number): T {
  map.set(name, value);
  for (const oldest of map.keys()) if (map.size > most) map.delete(oldest);
  return value;
}
