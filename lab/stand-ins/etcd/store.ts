/** One key as etcd keeps it. */
export type KeyValue = {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** 0n when the key hangs on no lease. */
  readonly lease: bigint;
};

/** What a watcher is told. A deleted key keeps only its name and the revision. */
export type Change = { readonly type: 'PUT' | 'DELETE'; readonly now: KeyValue; readonly before?: KeyValue };

export type Lease = { readonly id: bigint; readonly ttl: number; readonly expires: number };

/** A store as it lies on disk. */
export type Saved = {
  readonly revision: number;
  readonly keys: readonly (Omit<KeyValue, 'lease'> & { readonly lease: string })[];
  readonly leases: readonly (Omit<Lease, 'id'> & { readonly id: string })[];
};

/** Why etcd refused, in its own words. */
export class Refused extends Error {
  readonly code: number;
  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/** How many changes a late watcher can still be told. */
const HISTORY = 10_000;

/** Keys between `key` and `end` as etcd means them: no end is the key alone, `\0` is everything that follows. */
export function inRange(key: string, start: string, end: string | undefined): boolean {
  if (end === undefined || end === '') return key === start;
  return key >= start && (end === '\0' || key < end);
}

/** The part of etcd's data model that flannel and `etcdctl` use, in memory. */
export class Store {
  revision = 1;
  readonly #keys = new Map<string, KeyValue>();
  readonly #leases = new Map<bigint, Lease>();
  readonly #watchers = new Set<(changes: readonly Change[]) => void>();
  readonly #history: Change[] = [];
  readonly #now: () => number;
  #nextLease = 0x694da1fca1000001n;

  constructor(now: () => number) {
    this.#now = now;
  }

  range(start: string, end?: string): readonly KeyValue[] {
    this.#expire();
    const found = [...this.#keys.values()].filter(({ key }) => inRange(key, start, end));
    return found.sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  put(key: string, value: string, lease = 0n): KeyValue | undefined {
    if (lease !== 0n && !this.#leases.has(lease)) throw new Refused('etcdserver: requested lease not found', 5);
    const before = this.#keys.get(key);
    this.revision += 1;
    const { createRevision, version } = before ?? { createRevision: this.revision, version: 0 };
    const now: KeyValue = { key, value, createRevision, modRevision: this.revision, version: version + 1, lease };
    this.#keys.set(key, now);
    this.#tell([{ type: 'PUT', now, ...(before === undefined ? {} : { before }) }]);
    return before;
  }

  delete(start: string, end?: string): readonly KeyValue[] {
    const gone = this.range(start, end);
    if (gone.length === 0) return gone;
    this.revision += 1;
    for (const { key } of gone) this.#keys.delete(key);
    const changes = gone.map((before): Change => {
      const now = { key: before.key, value: '', createRevision: 0, modRevision: this.revision, version: 0, lease: 0n };
      return { type: 'DELETE', now, before };
    });
    this.#tell(changes);
    return gone;
  }

  grant(ttl: number, wanted = 0n): Lease {
    if (wanted !== 0n && this.#leases.has(wanted)) throw new Refused('etcdserver: lease already exists', 9);
    const id = wanted === 0n ? this.#nextLease++ : wanted;
    const lease = { id, ttl, expires: this.#now() + ttl * 1000 };
    this.#leases.set(id, lease);
    return lease;
  }

  keepAlive(id: bigint): Lease | undefined {
    this.#expire();
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    const renewed = { ...lease, expires: this.#now() + lease.ttl * 1000 };
    this.#leases.set(id, renewed);
    return renewed;
  }

  revoke(id: bigint): void {
    if (!this.#leases.delete(id)) throw new Refused('etcdserver: requested lease not found', 5);
    for (const { key } of this.keysOf(id)) this.delete(key);
  }

  lease(id: bigint): Lease | undefined {
    this.#expire();
    return this.#leases.get(id);
  }

  leases(): readonly Lease[] {
    this.#expire();
    return [...this.#leases.values()];
  }

  /** Seconds that a lease has left. */
  remaining = (lease: Lease): number => Math.max(0, Math.round((lease.expires - this.#now()) / 1000));

  keysOf = (id: bigint): readonly KeyValue[] => [...this.#keys.values()].filter(({ lease }) => lease === id);

  /** Tells every change from `since` on; returns how to stop. */
  watch(since: number, listener: (changes: readonly Change[]) => void): () => void {
    // A watcher that waits for a revision beyond an etcd that began anew is told nothing, as by the real one.
    const wanted = (changes: readonly Change[]): void => {
      const due = changes.filter(({ now }) => now.modRevision >= since);
      if (due.length > 0) listener(due);
    };
    if (since > 0) wanted(this.#history);
    this.#watchers.add(wanted);
    return () => void this.#watchers.delete(wanted);
  }

  /** All that must survive a restart. */
  saved(): Saved {
    const keys = [...this.#keys.values()].map((one) => ({ ...one, lease: `${one.lease}` }));
    const leases = [...this.#leases.values()].map((one) => ({ ...one, id: `${one.id}` }));
    return { revision: this.revision, keys, leases };
  }

  load({ revision, keys, leases }: Saved): void {
    this.revision = revision;
    for (const one of keys) this.#keys.set(one.key, { ...one, lease: BigInt(one.lease) });
    for (const one of leases) this.#leases.set(BigInt(one.id), { ...one, id: BigInt(one.id) });
  }

  #tell(changes: readonly Change[]): void {
    this.#history.push(...changes);
    this.#history.splice(0, Math.max(0, this.#history.length - HISTORY));
    for (const listener of this.#watchers) listener(changes);
  }

  #expire(): void {
    const now = this.#now();
    const over = [...this.#leases.values()].filter(({ expires }) => expires <= now);
    for (const { id } of over) this.#leases.delete(id);
    for (const { id } of over) for (const { key } of this.keysOf(id)) this.delete(key);
  }
}
