import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted } from '../lines.ts';
import { type BaseChain, isFamily, type NftTable, ownedByIptables, priorityOf } from './tables.ts';

const TABLE = /^table (\w{2,6}) ([\w.-]{1,256}) \{/;
const CHAIN = /^chain ([\w./-]{1,256}) \{/;
const HOOK =
  /^type (\w{1,20}) hook (\w{1,20})(?: devices? (?:= )?(?:"[^"]{0,40}"|\{[^}]{0,4000}\}|\S{1,40}))? priority ([^;]{1,40});(?: policy (\w{1,10});)?/;
const WARNING = /^# Warning: table (\w{2,6}) (\S{1,256}) is managed by iptables-nft/;

/** How many blocks a line opens more than it closes; braces in quotes and comments are text. */
function depthOf(line: string): number {
  let depth = 0;
  let quotes = false;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === 34) quotes = !quotes;
    else if (quotes) continue;
    else if (code === 35) break;
    else if (code === 123) depth++;
    else if (code === 125) depth--;
  }
  return depth;
}

type Open = { table: NftTable & { baseChains: BaseChain[] }; chain: string | undefined; base: BaseChain | undefined; rules: number };

class Ruleset {
  readonly #input: Input;
  readonly tables: NftTable[] = [];
  readonly problems: Problem[] = [];
  readonly #warned = new Set<string>();
  #open: Open | undefined;
  #depth = 0;

  constructor(input: Input) {
    this.#input = input;
  }

  take(text: string, number: number): void {
    const line = text.trim();
    const warning = WARNING.exec(line.slice(0, 400));
    if (warning !== null) this.#warned.add(`${warning[1]} ${warning[2]}`);
    if (line === '' || line.startsWith('#')) return;
    if (this.#depth === 0) this.#begin(line, number);
    else if (this.#open !== undefined) this.#inside(this.#open, line, number);
    this.#depth = Math.max(0, this.#depth + depthOf(line));
    if (this.#depth <= 1) this.#endChain();
    if (this.#depth === 0) this.#endTable();
  }

  #begin(line: string, number: number): void {
    const found = TABLE.exec(line.slice(0, 400));
    const [, family = '', name = ''] = found ?? [];
    if (found === null || !isFamily(family)) this.problems.push({ line: number, why: `not a table of nft: ${quoted(line)}` });
    else
      this.#open = {
        table: { family, name, baseChains: [], origin: lineOf(this.#input, number) },
        chain: undefined,
        base: undefined,
        rules: 0,
      };
  }

  #inside(open: Open, line: string, number: number): void {
    if (this.#depth === 1) {
      open.chain = CHAIN.exec(line.slice(0, 400))?.[1];
      open.base = undefined;
      open.rules = 0;
      return;
    }
    if (this.#depth !== 2 || open.chain === undefined || line.startsWith('}')) return;
    const hook = HOOK.exec(line.slice(0, 5000));
    if (hook !== null) this.#hook(open, open.chain, hook, number);
    else if (!/^(?:comment |policy |flags )/.test(line)) open.rules++;
  }

  #hook(open: Open, name: string, [, type = '', hook = '', words = '', policy]: RegExpExecArray, line: number): void {
    const priority = priorityOf(words, open.table.family);
    if (priority === undefined) this.problems.push({ line, why: `not a priority: ${quoted(words)}` });
    else open.base = { name, type, hook, priority, policy: policy === 'drop' ? 'drop' : 'accept', rules: 0, line };
  }

  #endChain(): void {
    const open = this.#open;
    if (open?.base !== undefined) open.table.baseChains.push({ ...open.base, rules: open.rules });
    if (open !== undefined) open.base = undefined;
  }

  #endTable(): void {
    const table = this.#open?.table;
    if (table !== undefined && !this.#warned.has(`${table.family} ${table.name}`) && !ownedByIptables(table)) this.tables.push(table);
    this.#open = undefined;
  }

  get isOpen(): boolean {
    return this.#depth > 0;
  }
}

function parse(input: Input): Parsed {
  const ruleset = new Ruleset(input);
  const lines = linesOf(input.text);
  for (const [index, line] of lines.entries()) ruleset.take(line, index + 1);
  const { tables, problems, isOpen } = ruleset;
  if (isOpen) problems.push({ line: Math.max(lines.length, 1), why: 'the ruleset ends inside a block' });
  const narrowed = input.argv.length > 0 && !input.argv.includes('ruleset');
  const base = narrowed || isOpen ? [] : coverageOf(input);
  return { readings: [reading('nft', tables, base)], problems };
}

/** `nft list ruleset` as text: tables and base chains; tables of iptables-nft are left to iptables-save. */
export default defineFormat({
  id: 'nft-ruleset',
  is: '`nft list ruleset` as text',
  tells: ['nft'],
  recognise: (head) => (/^table (?:ip|ip6|inet|arp|bridge|netdev) \S{1,256} \{/m.test(head) ? 1 : 0),
  parse,
});
