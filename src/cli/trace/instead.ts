import type { Facts } from '#facts/facts';
import { ParseMemo } from '#parsers/parse-memo';
import { reread } from '#parsers/reread';
import { UsageError } from '../command.ts';
import type { Opened } from '../open.ts';
import { Fields } from './packet-line.ts';

/** What captures would tell if some of their lines read otherwise: `{"nodes/A/iptables-save": {"12": "-A FORWARD"}}`. */
export class Instead {
  readonly #opened: Pick<Opened, 'facts' | 'snapshot'>;
  readonly #memo = new ParseMemo();
  readonly #known = new Map<string, Facts>();

  constructor(opened: Pick<Opened, 'facts' | 'snapshot'>) {
    this.#opened = opened;
  }

  /** The facts with these lines instead of the captured ones; nothing given, as captured. */
  facts(given: unknown): Facts {
    if (given === undefined) return this.#opened.facts;
    const name = JSON.stringify(given);
    let facts = this.#known.get(name);
    if (facts === undefined) {
      facts = reread(this.#opened.facts, this.#opened.snapshot, this.#texts(given), this.#memo);
      this.#known.set(name, facts);
    }
    return facts;
  }

  #texts(given: unknown): ReadonlyMap<string, string> {
    const files = new Fields(given, 'instead');
    return new Map(files.names().map((file) => [file, this.#text(file, new Fields(files.raw(file), `instead: ${file}`))]));
  }

  #text(file: string, lines: Fields): string {
    const { snapshot } = this.#opened;
    const entry = snapshot.index.entries.find((one) => one.file === file);
    if (entry === undefined) throw new UsageError(`instead: ${file} is not in the capture`);
    const texts = snapshot.text(entry).split('\n');
    for (const number of lines.names()) {
      if (texts[Number(number) - 1] === undefined) throw new UsageError(`instead: ${file} has no line ${number}`);
      texts[Number(number) - 1] = lines.text(number);
    }
    return texts.join('\n');
  }
}
