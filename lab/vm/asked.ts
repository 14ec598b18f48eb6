/** Questions that wait for their answers; one that waits too long fails all. */
export class Asked<Key, Answer> {
  readonly #waiting = new Map<Key, { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }>();
  #ended: Error | undefined;

  /** A promise of the answer to a question. */
  ask(key: Key, limitMs: number, what: string): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.end(new Error(`no answer after ${limitMs} ms: ${what}`)), limitMs);
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          settle(value);
        };
      this.#waiting.set(key, { resolve: settled(resolve), reject: settled(reject) });
    });
  }

  answer(key: Key, answer: Answer): void {
    this.#waiting.get(key)?.resolve(answer);
    this.#waiting.delete(key);
  }

  /** Nothing will be answered any more. */
  end(why: Error): void {
    this.#ended ??= why;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
