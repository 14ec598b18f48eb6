import { listAt, member, numberAt, readJson, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { coverageOf } from '../lines.ts';
import { type BaseChain, isFamily, type NftTable, ownedByIptables } from '../nft-ruleset/tables.ts';

type OpenTable = NftTable & { baseChains: BaseChain[] };

/** The tables with their base chains, by family and name. */
function tablesOf(items: readonly unknown[], input: Input): ReadonlyMap<string, OpenTable> {
  const tables = new Map<string, OpenTable>();
  const rules = new Map<string, number>();
  for (const item of items) {
    const rule = member(item, 'rule');
    if (rule === undefined) continue;
    const chain = `${textAt(rule, 'family')} ${textAt(rule, 'table')} ${textAt(rule, 'chain')}`;
    rules.set(chain, (rules.get(chain) ?? 0) + 1);
  }
  for (const [at, item] of items.entries()) {
    const table = member(item, 'table');
    const family = textAt(table, 'family') ?? '';
    const name = textAt(table, 'name');
    if (isFamily(family) && name !== undefined) {
      tables.set(`${family} ${name}`, { family, name, baseChains: [], origin: pathOf(input, `nftables[${at}]`) });
    }
  }
  for (const item of items) {
    const chain = member(item, 'chain');
    const key = `${textAt(chain, 'family')} ${textAt(chain, 'table')}`;
    const [name, type, hook, priority] = [textAt(chain, 'name'), textAt(chain, 'type'), textAt(chain, 'hook'), numberAt(chain, 'prio')];
    if (name === undefined || type === undefined || hook === undefined || priority === undefined) continue;
    const policy = textAt(chain, 'policy') === 'drop' ? 'drop' : 'accept';
    tables.get(key)?.baseChains.push({ name, type, hook, priority, policy, rules: rules.get(`${key} ${name}`) ?? 0, line: 1 });
  }
  return tables;
}

function parse(input: Input): Parsed {
  const read = readJson(input.text.trimStart());
  const items = 'value' in read ? listAt(read.value, 'nftables') : undefined;
  if (items === undefined) {
    const problem: Problem = { line: 1, why: 'why' in read ? read.why : 'no list `nftables`' };
    return { readings: [], problems: [problem] };
  }
  const tables = [...tablesOf(items, input).values()].filter((table) => !ownedByIptables(table));
  const narrowed = input.argv.length > 0 && !input.argv.includes('ruleset');
  return { readings: [reading('nft', tables, narrowed ? [] : coverageOf(input))], problems: [] };
}

/** `nft -j list ruleset`. */
export default defineFormat({
  id: 'nft-ruleset-json',
  is: '`nft -j list ruleset`',
  tells: ['nft'],
  recognise: (head) => (/^\s*\{\s*"nftables"\s*:/.test(head) ? 1 : 0),
  parse,
});
