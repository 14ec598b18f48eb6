import type { NftChain, NftRule, NftSet, NftTable } from '#facts/nft/nft';
import { listAt, member, numberAt, readJson, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { coverageOf } from '../lines.ts';
import { typeOf } from '../nft-ruleset/hook.ts';
import { withUntoldReject } from '../nft-ruleset/reject.ts';
import { isTerse, UNLISTED } from '../nft-ruleset/set-body.ts';
import { isFamily, madeByIptables } from '../nft-ruleset/tables.ts';
import { NotUnderstood } from '../nft-ruleset/tokens.ts';
import { elementOf, valuesAt } from './expression.ts';
import { quotaOf, statementOf } from './statement.ts';

type OpenChain = Omit<NftChain, 'rules'> & { readonly rules: NftRule[] };
type OpenTable = Omit<NftTable, 'chains' | 'sets' | 'objects' | 'flowtables'> & {
  readonly chains: OpenChain[];
} & { readonly [K in 'sets' | 'objects' | 'flowtables']: NftTable[K][number][] };

const OBJECTS = ['counter', 'quota', 'limit', 'secmark', 'synproxy', 'tunnel', 'ct helper', 'ct timeout', 'ct expectation'] as const;

/** A problem, and the table that it is of. */
type Placed = Problem & { readonly table: OpenTable | null };

/** A ruleset as it is put together from its list. */
class Ruleset {
  readonly #input: Input;
  readonly tables = new Map<string, OpenTable>();
  readonly problems: Placed[] = [];
  readonly #chains = new Map<string, OpenChain>();

  constructor(input: Input) {
    this.#input = input;
  }

  take(item: unknown, at: number): void {
    const [name, body] = Object.entries(typeof item === 'object' && item !== null ? item : {})[0] ?? [];
    if (name === 'table') this.#table(body, at);
    else if (name !== undefined && name !== 'metainfo') this.#part(name, body, at);
  }

  #part(name: string, body: unknown, at: number): void {
    const table = this.tables.get(`${textAt(body, 'family')} ${textAt(body, 'table')}`);
    const own = textAt(body, 'name') ?? '';
    if (table === undefined) this.#problem(`nftables[${at}] is of no table`);
    else if (name === 'chain') this.#chain(table, own, body, at);
    else if (name === 'rule') this.#rule(table, body, at);
    else if (name === 'set' || name === 'map') table.sets.push(this.#set(own, name === 'map', body, at));
    else if (name === 'flowtable') table.flowtables.push({ name: own, devices: textsOf(valuesAt(body, 'dev')) });
    else if (isObject(name)) table.objects.push({ of: name, name: own, quota: name === 'quota' ? quotaOf(body) : null });
    else this.#problem(`nftables[${at}] is not understood: ${name.slice(0, 40)}`);
  }

  #problem(why: string, table: OpenTable | null = null): void {
    this.problems.push({ table, line: 1, why });
  }

  #table(body: unknown, at: number): void {
    const [family = '', name] = [textAt(body, 'family'), textAt(body, 'name')];
    if (!isFamily(family) || name === undefined) {
      this.#problem(`nftables[${at}] is not a table of nft`);
      return;
    }
    const flags = valuesAt(body, 'flags');
    const [dormant, owned] = [flags.includes('dormant'), flags.includes('owner')];
    const origin = pathOf(this.#input, `nftables[${at}]`);
    this.tables.set(`${family} ${name}`, { family, name, dormant, owned, origin, chains: [], sets: [], objects: [], flowtables: [] });
  }

  #chain(table: OpenTable, name: string, body: unknown, at: number): void {
    const [type, hook, priority] = [textAt(body, 'type'), textAt(body, 'hook'), numberAt(body, 'prio')];
    const policy = textAt(body, 'policy') === 'drop' ? 'drop' : 'accept';
    const devices = ['ingress', 'egress'].includes(hook ?? '') ? devicesOf(body) : [];
    const isBase = type !== undefined && hook !== undefined && priority !== undefined;
    const base = isBase ? ({ type: typeOf(type), hook, priority, policy, devices } as const) : null;
    const chain: OpenChain = { name, origin: pathOf(this.#input, `nftables[${at}]`), base, rules: [] };
    table.chains.push(chain);
    this.#chains.set(`${table.family} ${table.name} ${name}`, chain);
  }

  #rule(table: OpenTable, body: unknown, at: number): void {
    const chain = this.#chains.get(`${table.family} ${table.name} ${textAt(body, 'chain')}`);
    if (chain === undefined) {
      this.#problem(`nftables[${at}] is of no chain`);
      return;
    }
    const statements = valuesAt(body, 'expr');
    const counter = statements.map((one) => member(one, 'counter')).find((one) => typeof one === 'object' && one !== null);
    const counters = counter === undefined ? null : { packets: numberAt(counter, 'packets') ?? 0, bytes: numberAt(counter, 'bytes') ?? 0 };
    chain.rules.push({
      origin: pathOf(this.#input, `nftables[${at}]`),
      text: undefined,
      handle: numberAt(body, 'handle'),
      statements: withUntoldReject(statements.map((one) => this.#statement(one, table, at))),
      comment: textAt(body, 'comment') ?? null,
      counters,
    });
  }

  #statement(value: unknown, table: OpenTable, at: number): NftRule['statements'][number] {
    try {
      return statementOf(value);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.#problem(`nftables[${at}]: ${error.message}`, table);
      return { does: 'unknown', text: JSON.stringify(value)?.slice(0, 500) ?? '' };
    }
  }

  #set(name: string, isMap: boolean, body: unknown, at: number): NftSet {
    const size = numberAt(body, 'size');
    const room = size === undefined || size === null ? {} : { size };
    const set = { name, origin: pathOf(this.#input, `nftables[${at}]`), isMap, timeoutSeconds: numberAt(body, 'timeout') ?? null, ...room };
    if (isTerse(this.#input)) return { ...set, ...UNLISTED };
    const limited = valuesAt(body, 'stmt').some((one) => ['limit', 'quota', 'ct count'].some((kind) => member(one, kind) !== undefined));
    try {
      const elements = valuesAt(body, 'elem').map((one) => elementOf(one));
      return { ...set, elements: limited ? elements.map((one) => ({ ...one, limited: true as const })) : elements, problem: null };
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.#problem(`elements of ${name.slice(0, 80)}: ${error.message}`);
      return { ...set, elements: [], problem: `its elements are not understood: ${error.message}` };
    }
  }
}

const isObject = (name: string): boolean => (OBJECTS as readonly string[]).includes(name);

const textsOf = (values: readonly unknown[]): readonly string[] => values.filter((value) => typeof value === 'string');

/** Older versions do not tell the devices of a base chain. */
const devicesOf = (body: unknown): readonly string[] | undefined =>
  member(body, 'dev') === undefined ? undefined : textsOf(valuesAt(body, 'dev'));

function parse(input: Input): Parsed {
  const read = readJson(input.text.trimStart());
  const items = 'value' in read ? listAt(read.value, 'nftables') : undefined;
  if (items === undefined) {
    const problem: Problem = { line: 1, why: 'why' in read ? read.why : 'no list `nftables`' };
    return { readings: [], problems: [problem] };
  }
  const ruleset = new Ruleset(input);
  // a rule can stand before the chain that it leads to, never before its own
  for (const [at, item] of items.entries()) ruleset.take(item, at);
  const tables = [...ruleset.tables.values()].filter((table) => !madeByIptables(table));
  const narrowed = input.argv.length > 0 && !/\bruleset\b/.test(input.argv.join(' '));
  const whole = ruleset.problems.every(({ why }) => !/is not |is of no /.test(why));
  // what iptables made is told whole by its own tools, and nft has no words for its matches
  const problems = ruleset.problems.flatMap(({ table, ...problem }) => (table === null || !madeByIptables(table) ? [problem] : []));
  return { readings: [reading('nft', tables, narrowed || !whole ? [] : coverageOf(input))], problems };
}

/** `nft -j list ruleset`. */
export default defineFormat({
  id: 'nft-ruleset-json',
  is: '`nft -j list ruleset`',
  tells: ['nft'],
  recognise: (head) => (/^\s*\{\s*"nftables"\s*:/.test(head) ? 1 : 0),
  parse,
});
