import type { Family } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import type { Problem } from '../format.ts';
import { quoted } from '../lines.ts';
import { type Chain, type Counters, type IptablesTable, type Rule, ruleOf } from './rule.ts';
import { Shared } from './shared.ts';

type Backend = IptablesTable['backend'];
type Table = IptablesTable['table'];

const TABLES: ReadonlySet<string> = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

export const isTable = (name: string): name is Table => TABLES.has(name);

type OpenChain = { chain: Omit<Chain, 'rules'>; rules: Rule[] };

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

  constructor(file: string, family: Family, backend: Backend) {
    this.#file = file;
    this.shared = new Shared(family);
    this.backend = backend;
  }

  begin(name: Table, line: number): void {
    this.end();
    this.#open = { name, backend: this.backend, origin: { file: this.#file, line }, chains: new Map() };
  }

  end(): void {
    const open = this.#open;
    if (open === undefined) return;
    const chains = [...open.chains.values()].map(({ chain, rules }): Chain => ({ ...chain, rules }));
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
    open.chains.set(name, { chain: { name, origin: { file: this.#file, line }, policy: known, counters }, rules: [] });
  }

  /** `-A CHAIN …`, from the position of the `-A` to the end of the line. */
  rule(text: string, from: number, to: number, counters: Counters | undefined, line: number): void {
    const open = this.#open;
    if (open === undefined) {
      this.problem(line, 'a rule outside a table');
      return;
    }
    const start = from + 3;
    let end = text.indexOf(' ', start);
    if (end < 0 || end > to) end = to;
    const name = text.slice(start, end);
    let owner = open.chains.get(name);
    if (owner === undefined) {
      this.problem(line, `a rule in a chain that is not declared: ${quoted(name)}`);
      owner = { chain: { name, origin: { file: this.#file, line }, policy: null, counters: undefined }, rules: [] };
      open.chains.set(name, owner);
    }
    const rule = ruleOf(text, end, to, text.slice(from, to), counters, { file: this.#file, line }, this.shared);
    if (rule.problem !== null) this.problem(line, rule.problem);
    owner.rules.push(rule);
  }

  problem(line: number, why: string): void {
    this.problems.push({ line, why });
  }
}
