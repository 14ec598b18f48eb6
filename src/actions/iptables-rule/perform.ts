import type { Action } from '#change/change';
import { saysSame } from '#snapshot/redacted';
import type { World } from '#world/world';
import { iptablesProgram } from '../iptables-program.ts';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import { type IptablesRuleParams, ruleWords } from './preview.ts';

const LOCK_SECONDS = '10';

async function run({ on, params }: Action<IptablesRuleParams>, args: readonly string[], world: World): Promise<string> {
  const program = await iptablesProgram(on, params, world);
  return runIn(on, [program, '-w', LOCK_SECONDS, '-t', params.table, ...args], world);
}

/** The rules of the chain, as iptables prints them. */
async function rulesNow(action: Action<IptablesRuleParams>, world: World): Promise<readonly string[]> {
  const listed = await run(action, ['-S', action.params.chain], world);
  return listed.split('\n').filter((line) => line.startsWith('-A '));
}

const insert = (action: Action<IptablesRuleParams>, text: string, world: World): Promise<string> =>
  run(action, ['-I', action.params.chain, String(action.params.position), ...ruleWords(text).slice(2)], world);

async function remove(action: Action<IptablesRuleParams>, expected: string | undefined, world: World): Promise<void> {
  const { chain, position } = action.params;
  const now = (await rulesNow(action, world))[position - 1];
  if (now === undefined || (expected !== undefined && !saysSame(expected, now)))
    throw new Error(`rule ${position} of ${chain} is ${now ?? 'not there'}: nothing is deleted`);
  await run(action, ['-D', chain, String(position)], world);
}

async function perform(action: Action<IptablesRuleParams>, world: World): Promise<void> {
  const { verb, chain, rule } = action.params;
  const before = (await rulesNow(action, world)).length;
  if (verb === 'delete') await remove(action, rule.text, world);
  else await insert(action, rule.text, world);
  const after = (await rulesNow(action, world)).length;
  if (after !== before + (verb === 'delete' ? -1 : 1))
    throw new Error(`${chain} has ${after} rules after ${verb}, ${before} before: somebody else changes it`);
}

async function undo(action: Action<IptablesRuleParams>, before: readonly string[], world: World): Promise<void> {
  const now = await rulesNow(action, world);
  if (now.join('\n') === before.join('\n')) return;
  // as it stood on the node: a capture has no secrets of its comment
  const { verb, position, rule } = action.params;
  if (verb === 'delete') await insert(action, before[position - 1] ?? rule.text, world);
  else await remove(action, undefined, world);
  const after = await rulesNow(action, world);
  if (after.join('\n') !== before.join('\n'))
    throw new Error(`${action.params.chain} is not as it was: somebody else changed it meanwhile`);
}

export default definePerformer<IptablesRuleParams>({
  id: 'iptables-rule',
  prepare: async (action, world) => ({ rules: await rulesNow(action, world) }),
  perform,
  undo: (action, { rules }, world) => undo(action, Array.isArray(rules) ? rules.map(String) : [], world),
});
