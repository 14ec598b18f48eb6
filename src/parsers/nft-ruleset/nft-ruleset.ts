import type { NftTable } from '#facts/nft/nft';
import { depthOf } from '#facts/nft/rule-text';
import { defineFormat, type Input, lineOf, type Parsed, reading } from '../format.ts';
import { coverageOf, linesOf, quoted } from '../lines.ts';
import { type Block, chainOf, flowtableOf, objectOf, setOf, type Told } from './block.ts';
import { isFamily, madeByIptables } from './tables.ts';

const TABLE = /^table (\w{2,6}) ([^\s{}"]{1,256}) \{(?:\s*#.*)?$/;
const BLOCK =
  /^(chain|set|map|flowtable|counter|quota|limit|secmark|synproxy|tunnel|ct helper|ct timeout|ct expectation) (?:"([^"]{1,256})"|([^\s"]{1,256})) \{(?:\s*#.*)?$/;
/** Of the families that iptables-save lists; what ebtables-nft and arptables-nft made no other tool tells. */
const WARNING = /^# Warning: table (ip6?) (\S{1,256}) is managed by iptables-nft/;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenTable = Mutable<Pick<NftTable, 'family' | 'name' | 'dormant' | 'owned' | 'origin'>> & {
  readonly [K in 'chains' | 'sets' | 'objects' | 'flowtables']: NftTable[K][number][];
};

class Ruleset {
  readonly told: Told;
  readonly tables: NftTable[] = [];
  readonly #warned = new Set<string>();
  #table: OpenTable | undefined;
  #block: Block | undefined;
  /** Lines of one statement that goes on. */
  #parts: string[] = [];
  #from = 0;
  #depth = 0;
  /** Blocks inside what is not understood. */
  #skipped = 0;

  constructor(input: Input) {
    this.told = { input, problems: [], shapeless: false };
  }

  take(text: string, number: number): void {
    const line = text.trim();
    if (line === '') return;
    if (line.startsWith('#')) this.#warning(line);
    else if (this.#skipped > 0) this.#skipped = Math.max(0, this.#skipped + depthOf(line));
    else if (this.#table === undefined) this.#begin(line, number);
    else if (this.#block === undefined) this.#inTable(this.#table, line, number);
    else this.#inBlock(this.#table, this.#block, line, number);
  }

  #warning(line: string): void {
    const warning = WARNING.exec(line.slice(0, 400));
    if (warning !== null) this.#warned.add(`${warning[1]} ${warning[2]}`);
  }

  #begin(line: string, number: number): void {
    const [, family = '', name = ''] = TABLE.exec(line.slice(0, 400)) ?? [];
    if (!isFamily(family)) this.#strange(line, number, 'not a table of nft');
    else {
      const origin = lineOf(this.told.input, number);
      this.#table = { family, name, dormant: false, owned: false, origin, chains: [], sets: [], objects: [], flowtables: [] };
    }
  }

  #strange(line: string, number: number, why: string): void {
    this.told.problems.push({ line: number, why: `${why}: ${quoted(line)}` });
    this.told.shapeless = true;
    this.#skipped = Math.max(0, depthOf(line));
  }

  #inTable(table: OpenTable, line: string, number: number): void {
    const flags = /^flags ([\w, ]{1,100});?$/.exec(line);
    if (line.startsWith('}')) this.#endTable(table);
    else if (flags !== null) {
      table.dormant ||= /\bdormant\b/.test(flags[1] ?? '');
      table.owned ||= /\bowner\b/.test(flags[1] ?? '');
    } else if (!line.startsWith('comment ')) this.#beginBlock(line, number);
  }

  #beginBlock(line: string, number: number): void {
    const found = BLOCK.exec(line.slice(0, 400));
    if (found === null) this.#strange(line, number, 'not a part of a table');
    else this.#block = { kind: found[1] ?? '', name: found[2] ?? found[3] ?? '', line: number, lines: [] };
  }

  #inBlock(table: OpenTable, block: Block, line: string, number: number): void {
    if (this.#parts.length === 0 && line === '}') {
      this.#endBlock(table, block);
      return;
    }
    if (this.#parts.length === 0) this.#from = number;
    this.#depth += depthOf(line);
    this.#parts.push(line);
    if (this.#depth > 0) return;
    block.lines.push({ text: this.#parts.length === 1 ? line : this.#parts.join(' '), number: this.#from });
    this.#parts = [];
    this.#depth = 0;
  }

  #endBlock(table: OpenTable, block: Block): void {
    if (block.kind === 'chain') table.chains.push(chainOf(block, table.family, this.told));
    else if (block.kind === 'set' || block.kind === 'map') table.sets.push(setOf(block, this.told));
    else if (block.kind === 'flowtable') table.flowtables.push(flowtableOf(block));
    else table.objects.push(objectOf(block, this.told));
    this.#block = undefined;
  }

  #endTable(table: OpenTable): void {
    this.#table = undefined;
    if (!this.#warned.has(`${table.family} ${table.name}`) && !madeByIptables(table)) this.tables.push(table);
    // what nft cannot say of iptables' own rules, iptables-save says
    else this.told.problems = this.told.problems.filter(({ line }) => line < (table.origin.line ?? 0));
  }

  get isOpen(): boolean {
    return this.#table !== undefined || this.#skipped > 0;
  }
}

function parse(input: Input): Parsed {
  const ruleset = new Ruleset(input);
  const lines = linesOf(input.text);
  for (const [index, line] of lines.entries()) ruleset.take(line, index + 1);
  const { tables, told, isOpen } = ruleset;
  if (isOpen) told.problems.push({ line: Math.max(lines.length, 1), why: 'the ruleset ends inside a block' });
  const narrowed = input.argv.length > 0 && !/\bruleset\b/.test(input.argv.join(' '));
  const base = narrowed || isOpen || told.shapeless ? [] : coverageOf(input);
  return { readings: [reading('nft', tables, base)], problems: told.problems };
}

/** `nft list ruleset` as text; tables of iptables-nft are left to iptables-save. */
export default defineFormat({
  id: 'nft-ruleset',
  is: '`nft list ruleset` as text',
  tells: ['nft'],
  recognise: (head) => (/^table (?:ip|ip6|inet|arp|bridge|netdev) \S{1,256} \{/m.test(head) ? 1 : 0),
  parse,
});
