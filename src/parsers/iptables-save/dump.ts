import type { Family } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import type { Problem } from '../format.ts';
import { quoted } from '../lines.ts';
import { countersAt } from './counters.ts';
import { type Chain, type Counters, type IptablesTable, type Rule, ruleOf } from './rule.ts';
import { Shared } from './shared.ts';
import { isSound } from './sound.ts';

type Backend = IptablesTable['backend'];
type Table = IptablesTable['table'];

const TABLES: ReadonlySet<string> = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

export const isTable = (name: string): name is Table => TABLES.has(name);

/** A chain with its rules, or where its lines lie: begin, end and number of each. */
type OpenChain = { readonly chain: Omit<Chain, 'rules'>; readonly rules: Rule[]; readonly lines: number[] };

/** A table while its lines are read. */
type OpenTable = { name: Table; backend: Backend; origin: Origin; chains: Map<string, OpenChain> };

/** Reads a dump line by line: headings, chains, rules, in the order of the file. */
export class Dump {
  readonly #file: string;
  readonly shared: Shared;
  readonly tables: IptablesTable[] = [];
  readonly problems: Problem[] = [];
  /** Tables that the tool could not list. */
  readonly unreadable: string[] = [];
  backend: Backend;
  #open: OpenTable | undefined;
  /** The chain of the rule before: a dump lists rules chain by chain. */
  #last: OpenChain | undefined;
  #text = '';

  constructor(file: string, family: Family, backend: Backend) {
    this.#file = file;
    this.shared = new Shared(family);
    this.backend = backend;
  }

  begin(name: Table, line: number): void {
    this.end();
    this.#last = undefined;
    this.#open = { name, backend: this.backend, origin: { file: this.#file, line }, chains: new Map() };
  }

  end(): void {
    const open = this.#open;
    if (open === undefined) return;
    const chains = [...open.chains.values()].map((one) => this.#closed(one));
    this.tables.push({ family: this.shared.family, backend: open.backend, table: open.name, chains, origin: open.origin });
    this.#open = undefined;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  chain(name: string, policy: string, counters: Counters | undefined, line: number): void {
    const open = this.#open;
    if (open === undefined) this.problem(line, 'a chain outside a table');
    if (open === undefined || open.chains.has(name)) return;
    const known = policy === 'ACCEPT' || policy === 'DROP' ? policy : null;
    if (known === null && policy !== '-') this.problem(line, `not a policy: ${quoted(policy)}`);
    open.chains.set(name, { chain: { name, origin: { file: this.#file, line }, policy: known, counters }, rules: [], lines: [] });
  }

  /** `-A CHAIN …`, from the position of the `-A` to the end of the line. */
  rule(text: string, from: number, to: number, counters: Counters | undefined, line: number): void {
    const end = endOfName(text, from + 3, to);
    const owner = this.#owner(text.slice(from + 3, end), line);
    if (owner === undefined) return;
    const rule = this.#ruleOf(text, from, to, counters, line);
    if (rule.problem !== null) this.problem(line, rule.problem);
    owner.rules.push(rule);
  }

  /** A whole line of a dump, `-A` at `from`: kept by its place, and read when the rules of its chain are first wanted. */
  ruleLine(text: string, begin: number, from: number, to: number, line: number): void {
    this.#text = text;
    const start = from + 3;
    const last = this.#last;
    const isSame =
      last !== undefined && text.startsWith(last.chain.name, start) && text.charCodeAt(start + last.chain.name.length) === SPACE;
    const end = isSame ? start + last.chain.name.length : endOfName(text, start, to);
    const owner = isSame ? last : this.#owner(text.slice(start, end), line);
    if (owner === undefined) return;
    this.#last = owner;
    owner.lines.push(begin, to, line);
    this.shared.words.read(text, end, to);
    if (isSound(this.shared.words, this.shared)) return;
    const { problem } = this.#ruleOf(text, from, to, undefined, line);
    if (problem !== null) this.problem(line, problem);
  }

  #ruleOf(text: string, from: number, to: number, counters: Counters | undefined, line: number): Rule {
    const end = endOfName(text, from + 3, to);
    return ruleOf(text, end, to, text.slice(from, to), counters, { file: this.#file, line }, this.shared);
  }

  #owner(name: string, line: number): OpenChain | undefined {
    const open = this.#open;
    if (open === undefined) {
      this.problem(line, 'a rule outside a table');
      return undefined;
    }
    let owner = open.chains.get(name);
    if (owner === undefined) {
      this.problem(line, `a rule in a chain that is not declared: ${quoted(name)}`);
      const origin = { file: this.#file, line };
      owner = { chain: { name, origin, policy: null, counters: undefined }, rules: [], lines: [] };
      open.chains.set(name, owner);
    }
    return owner;
  }

  /** A finished chain. Its rules are made when they are first asked for: most of a large dump never is. */
  #closed({ chain, rules, lines }: OpenChain): Chain {
    if (lines.length === 0) return { ...chain, rules };
    const read = (): readonly Rule[] => this.#read(lines);
    let made: readonly Rule[] | undefined;
    return {
      ...chain,
      get rules() {
        made ??= read();
        return made;
      },
    };
  }

  #read(lines: readonly number[]): readonly Rule[] {
    const text = this.#text;
    const rules: Rule[] = [];
    for (let at = 0; at < lines.length; at += 3) {
      const [begin = 0, to = 0, line = 0] = [lines[at], lines[at + 1], lines[at + 2]];
      const { counters, end } = countersAt(text, begin, to);
      rules.push(this.#ruleOf(text, text.indexOf('-A', end), to, counters, line));
    }
    return rules;
  }

  problem(line: number, why: string): void {
    this.problems.push({ line, why });
  }
}

const SPACE = 32;

function endOfName(text: string, from: number, to: number): number {
  const end = text.indexOf(' ', from);
  return end < 0 || end > to ? to : end;
}
