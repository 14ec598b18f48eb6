import type { FactOf } from '#facts/kinds';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted } from '../lines.ts';

type Qdisc = FactOf<'qdisc'>;
type Filter = NonNullable<Qdisc['filters']>[number];

const QDISC = /^qdisc (\S{1,40}) (\S{1,20}) (?:\[\S+\] )?dev (\S{1,40}) (root|parent \S+)?(.*)$/;
const FILTERS = /^# filters of (\S{1,40}) (ingress|egress)$/;
const FILTER = /^filter (?:dev \S+ )?(?:ingress |egress |parent \S+ )?protocol \S+ pref \d+ (\S+)/;

/** A device's entrance or exit. */
type Place = { readonly dev: string; readonly side: Filter['side'] };

class Listing {
  readonly #input: Input;
  readonly qdiscs: Qdisc[] = [];
  readonly problems: Problem[] = [];
  readonly #filters = new Map<string, Filter[]>();
  #at: Place | undefined;

  constructor(input: Input) {
    this.#input = input;
  }

  take(line: string, number: number): void {
    const heading = FILTERS.exec(line);
    if (heading?.[1] !== undefined) {
      this.#at = { dev: heading[1], side: heading[2] === 'egress' ? 'egress' : 'ingress' };
      this.#filters.set(heading[1], this.#filters.get(heading[1]) ?? []);
      return;
    }
    const found = QDISC.exec(line);
    if (found !== null) {
      const [, kind = '', handle, dev = '', parent, options = ''] = found;
      const origin = lineOf(this.#input, number);
      this.qdiscs.push({ dev, kind, handle, parent: parent?.replace(/^parent /, ''), options: options.trim(), filters: undefined, origin });
    } else if (this.#at !== undefined) this.#filter(line, number, this.#at);
    else if (line.trim() !== '' && !/^\s/.test(line)) this.problems.push({ line: number, why: `no queue of a device: ${quoted(line)}` });
  }

  #filter(line: string, number: number, { dev, side }: Place): void {
    const kind = FILTER.exec(line)?.[1];
    // the first line of a filter tells only its kind, the next ones its handles
    if (kind !== undefined) this.#filters.get(dev)?.push({ side, kind, line: number });
  }

  /** The queues with the filters that were read at those where programs hang. */
  whole(): readonly Qdisc[] {
    return this.qdiscs.map((qdisc) => {
      const filters = this.#filters.get(qdisc.dev);
      return filters === undefined || (qdisc.kind !== 'clsact' && qdisc.kind !== 'ingress') ? qdisc : { ...qdisc, filters };
    });
  }
}

function parse(input: Input): Parsed {
  const listing = new Listing(input);
  for (const [index, line] of linesOf(input.text).entries()) if (line.length < 2000) listing.take(line, index + 1);
  const whole = input.argv.includes('dev') ? [] : coverageOf(input);
  return { readings: [reading('qdisc', listing.whole(), whole)], problems: listing.problems };
}

/** `tc qdisc show`, and behind headings of the collector's own the filters of devices that have some. */
export default defineFormat({
  id: 'qdiscs',
  is: 'text of `tc qdisc show`, with the filters of devices',
  tells: ['qdisc'],
  recognise: (head) => (/^qdisc \S+ \S+ (?:\[\S+\] )?dev \S+ /.test(head) ? 1 : 0),
  parse,
});
