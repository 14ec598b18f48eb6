import type { Action } from '#change/change';
import { saysSame } from '#snapshot/redacted';
import type { World } from '#world/world';
import { nftName } from '../nft-name.ts';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import { type ListedRule, listedRule, rulesListed } from './listing.ts';
import type { NftRuleParams } from './preview.ts';

const chainOf = ({ family, table, chain }: NftRuleParams): readonly string[] => [family, nftName(table), nftName(chain)];

const rulesNow = async ({ on, params }: Action<NftRuleParams>, world: World): Promise<readonly ListedRule[]> =>
  rulesListed(await runIn(on, ['nft', '-a', 'list', 'chain', ...chainOf(params)], world));

/** Puts a rule before the one that is at its place now. Told by a file, for its words keep their quotes there. */
async function insert({ on, params }: Action<NftRuleParams>, text: string, rules: readonly ListedRule[], world: World): Promise<void> {
  const before = params.position === 1 ? undefined : rules[params.position - 2];
  if (before === undefined && params.position !== 1) throw new Error(`${params.chain} has only ${rules.length} rules: nothing is inserted`);
  const where = before === undefined ? 'insert rule' : 'add rule';
  const after = before === undefined ? '' : ` position ${handleOf(before, params)}`;
  await runIn(on, ['nft', '-f', '-'], world, `${where} ${chainOf(params).join(' ')}${after} ${text}\n`);
}

async function remove({ on, params }: Action<NftRuleParams>, rule: ListedRule, world: World): Promise<void> {
  await runIn(on, ['nft', 'delete', 'rule', ...chainOf(params), 'handle', handleOf(rule, params)], world);
}

function handleOf({ handle }: ListedRule, { chain }: NftRuleParams): string {
  if (handle === undefined) throw new Error(`nft tells no handles of ${chain}`);
  return String(handle);
}

/** The rule that is meant, by its handle where the capture told one, and only while it says the same. */
function meant({ position, handle, rule, chain }: NftRuleParams, rules: readonly ListedRule[]): ListedRule {
  if (rule.text === null) throw new Error(`the words of rule ${position} of ${chain} were not read: nothing is deleted`);
  const now = handle === null ? rules[position - 1] : rules.find((one) => one.handle === handle);
  if (now !== undefined && saysSame(rule.text, now.plain)) return now;
  throw new Error(
    `${handle === null ? `rule ${position}` : `the rule with handle ${handle}`} of ${chain} is ${now?.plain ?? 'not there'}: nothing is deleted`,
  );
}

const words = (rules: readonly ListedRule[]): string => rules.map(({ plain }) => plain).join('\n');

async function perform(action: Action<NftRuleParams>, world: World): Promise<void> {
  const { verb, chain, rule } = action.params;
  const before = await rulesNow(action, world);
  if (verb === 'delete') await remove(action, meant(action.params, before), world);
  else await insert(action, rule.text ?? '', before, world);
  const after = await rulesNow(action, world);
  if (after.length !== before.length + (verb === 'delete' ? -1 : 1))
    throw new Error(`${chain} has ${after.length} rules after ${verb}, ${before.length} before: somebody else changes it`);
}

/** The chain's rules before the action, of which one is missing or one is too many now. */
async function undo(action: Action<NftRuleParams>, before: readonly ListedRule[], world: World): Promise<void> {
  const { verb, position, chain, handle } = action.params;
  const now = await rulesNow(action, world);
  if (words(now) === words(before)) return;
  const at = verb === 'delete' && handle !== null ? before.findIndex((one) => one.handle === handle) : position - 1;
  const [lost, extra] = [before[at], now[at]];
  const isOurs = words(verb === 'delete' ? before.toSpliced(at, 1) : now.toSpliced(at, 1)) === words(verb === 'delete' ? now : before);
  if (!isOurs) throw new Error(`${chain} is not as it was left: somebody else changed it meanwhile`);
  if (verb === 'delete' && lost !== undefined)
    await insert({ ...action, params: { ...action.params, position: at + 1 } }, lost.text, now, world);
  else if (extra !== undefined) await remove(action, extra, world);
}

export default definePerformer<NftRuleParams>({
  id: 'nft-rule',
  prepare: async (action, world) => ({
    rules: (await rulesNow(action, world)).map(({ text, handle }) => (handle === undefined ? text : `${text} # handle ${handle}`)),
  }),
  perform,
  undo: (action, { rules }, world) => undo(action, Array.isArray(rules) ? rules.map((line) => listedRule(String(line))) : [], world),
});
