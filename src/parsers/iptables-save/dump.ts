import type { Family } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import type { Problem } from '../format.ts';
import { quoted } from '../lines.ts';
import { countersAt } from './counters.ts';
import { endOfLine, endOfName, withoutReturn } from './positions.ts';
import { type Counters, type IptablesTable, type Rule, ruleOf } from './rule.ts';
import { BUILT_IN } from './built-in.ts';
import { Shared } from './shared.ts';
import { isSound } from './sound.ts';
import { unread } from './unread.ts';
import { type Run, WrittenChain } from './written-chain.ts';

type Backend = IptablesTable['backend'];
type Table = IptablesTable['table'];

const TABLES: ReadonlySet<string> = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

export const isTable = (name: string): name is Table => TABLES.has(name);

/** A table while its lines are read. */
type OpenTable = { name: Table; backend: Backend; origin: Origin; chains: Map<string, WrittenChain> };

/** Reads a dump line by line: headings, chains, rules, in the order of the file. */
export class Dump {
  readonly #file: string;
  readonly shared: Shared;
  readonly tables: IptablesTable[] = [];
  readonly problems: Problem[] = [];
  /** Whether a line outside a table was not understood: it may be one. */
  isLost = false;
  /** The tables in which one was not understood. */
  readonly lostIn = new Set<Table>();
  /** Tables that the tool could not list. */
  readonly unreadable: string[] = [];
  backend: Backend;
  #open: OpenTable | undefined;
  /** The chain of the rule before: a dump lists rules chain by chain. */
  #last: WrittenChain | undefined;
  /** What was not understood since the last rule, and the chain of that. */
  #lost: { readonly rule: Rule; readonly after: WrittenChain | undefined } | undefined;
  #text = '';
  readonly #read = (runs: readonly Run[]): Rule[] => this.#rulesOf(runs);

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
    this.#closeLost(undefined);
    const { name: table, backend, origin } = open;
    this.tables.push({ family: this.shared.family, backend, table, chains: [...open.chains.values()], origin });
    this.#open = undefined;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  chain(name: string, policy: string, counters: Counters | undefined, line: number): void {
    const open = this.#open;
    if (open === undefined) this.#loseTable(line, 'a chain outside a table');
    if (open === undefined || open.chains.has(name)) return;
    const known = policy === 'ACCEPT' || policy === 'DROP' ? policy : null;
    if (known === null && policy !== '-') this.problem(line, `not a policy: ${quoted(policy)}`);
    open.chains.set(name, new WrittenChain({ name, origin: { file: this.#file, line }, policy: known, counters }, this.#read));
  }

  /** `-A CHAIN …`, from the position of the `-A` to the end of the line. */
  rule(text: string, from: number, to: number, counters: Counters | undefined, line: number): void {
    const end = endOfName(text, from + 3, to);
    const owner = this.#owner(text.slice(from + 3, end), line);
    if (owner === undefined) return;
    this.#closeLost(owner);
    this.#last = owner;
    const rule = this.#ruleOf(text, from, to, counters, line);
    if (rule.problem !== null) this.problem(line, rule.problem);
    owner.put(rule);
  }

  /** A whole line of a dump, `-A` at `from`: kept by its place, and read when the rules of its chain are first wanted. */
  ruleLine(text: string, begin: number, from: number, to: number, line: number): void {
    this.#text = text;
    const start = from + 3;
    const last = this.#last;
    const isSame = last !== undefined && text.startsWith(last.name, start) && text.charCodeAt(start + last.name.length) === SPACE;
    const end = isSame ? start + last.name.length : endOfName(text, start, to);
    const owner = isSame ? last : this.#owner(text.slice(start, end), line);
    if (owner === undefined) return;
    this.#closeLost(owner);
    this.#last = owner;
    owner.add(begin, line);
    this.shared.words.read(text, end, to);
    if (isSound(this.shared.words, this.shared)) return;
    const { problem } = this.#ruleOf(text, from, to, undefined, line);
    if (problem !== null) this.problem(line, problem);
  }

  #ruleOf(text: string, from: number, to: number, counters: Counters | undefined, line: number): Rule {
    const end = endOfName(text, from + 3, to);
    return ruleOf(text, end, to, text.slice(from, to), counters, { file: this.#file, line }, this.shared);
  }

  #owner(name: string, line: number): WrittenChain | undefined {
    const open = this.#open;
    if (open === undefined) {
      this.#loseTable(line, 'a rule outside a table');
      return undefined;
    }
    let owner = open.chains.get(name);
    if (owner === undefined) {
      this.problem(line, `a rule in a chain that is not declared: ${quoted(name)}`);
      const origin = { file: this.#file, line };
      owner = new WrittenChain({ name, origin, policy: null, counters: undefined }, this.#read);
      open.chains.set(name, owner);
    }
    return owner;
  }

  #rulesOf(runs: readonly Run[]): Rule[] {
    const text = this.#text;
    const rules = new Array<Rule>(runs.reduce((sum, { count }) => sum + count, 0));
    let made = 0;
    for (const { begin, line, count, lost } of runs) {
      if (lost !== undefined) {
        rules[made++] = lost;
        continue;
      }
      let from = begin;
      for (let index = 0; index < count; index++) {
        const to = endOfLine(text, from);
        const { counters, end } = countersAt(text, from, to);
        const start = text.charCodeAt(end) === SPACE ? end + 1 : end;
        rules[made++] = this.#ruleOf(text, start, withoutReturn(text, to), counters, line + index);
        from = to + 1;
      }
    }
    return rules;
  }

  /** A line that was not understood: a table, a chain, a rule, or many that somebody left out. */
  lose(text: string, line: number): void {
    const why = `not a line of a dump: ${quoted(text)}`;
    this.problem(line, why);
    const open = this.#open;
    if (open === undefined) {
      this.isLost = true;
      return;
    }
    this.lostIn.add(open.name);
    const rule = unread(quoted(text), why, { file: this.#file, line });
    this.#last?.lose(rule);
    this.#lost ??= { rule, after: this.#last };
  }

  /** A dump lists rules in the order of its chains: what was lost between two is of these or of one between. */
  #closeLost(next: WrittenChain | undefined): void {
    const [open, lost] = [this.#open, this.#lost];
    if (open === undefined || lost === undefined) return;
    this.#lost = undefined;
    if (next === undefined) this.#addBuiltIn(open, lost.rule.origin);
    else if (next === lost.after) return;
    const order = [...open.chains.values()];
    const from = lost.after === undefined ? 0 : order.indexOf(lost.after) + 1;
    const to = next === undefined ? order.length : order.indexOf(next) + 1;
    for (const chain of order.slice(Math.min(from, to - 1), to)) chain.lose(lost.rule);
  }

  /** The line of a built-in chain may be what was lost. */
  #addBuiltIn({ name: table, chains }: OpenTable, origin: Origin): void {
    for (const name of BUILT_IN[table])
      if (!chains.has(name)) chains.set(name, new WrittenChain({ name, origin, policy: null, counters: undefined }, this.#read));
  }

  #loseTable(line: number, why: string): void {
    this.isLost = true;
    this.problem(line, why);
  }

  problem(line: number, why: string): void {
    this.problems.push({ line, why });
  }
}

const SPACE = 32;
