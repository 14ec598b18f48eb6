interface Stay {
  readonly name: string;
  readonly since: bigint;
  until: bigint | undefined;
}

/** Which place an inode was, and when: the kernel gives a removed namespace's inode to the next one at once. */
export class Places {
  readonly #stays = new Map<number, Stay[]>();

  /** From now on that inode is this place; whatever it was before has ended. */
  enter(inode: number, name: string, at: bigint): void {
    this.leave(inode, at);
    const stays = this.#stays.get(inode) ?? [];
    stays.push({ name, since: at, until: undefined });
    this.#stays.set(inode, stays);
  }

  /** That namespace is gone. */
  leave(inode: number, at: bigint): void {
    const last = this.#stays.get(inode)?.at(-1);
    if (last !== undefined && last.until === undefined) last.until = at;
  }

  /** The place that the inode was at that time, if it was one of ours. */
  nameAt(inode: number, at: bigint): string | undefined {
    const stay = this.#stays.get(inode)?.find(({ since, until }) => since <= at && (until === undefined || at < until));
    return stay?.name;
  }
}
