import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import { policyRuleArgv, type RuleParams } from './preview.ts';

/** The rules as `ip` prints them, in the order in which they are asked. */
async function listed({ on, params: { rule } }: Action<RuleParams>, world: World): Promise<readonly string[]> {
  const text = await runIn(on, ['ip', `-${rule.family}`, 'rule', 'show'], world);
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

async function perform(action: Action<RuleParams>, world: World): Promise<void> {
  const before = await listed(action, world);
  await runIn(action.on, policyRuleArgv(action.params), world);
  const after = await listed(action, world);
  const { verb, rule } = action.params;
  if (after.length !== before.length + (verb === 'delete' ? -1 : 1))
    throw new Error(`there are ${after.length} rules after \`ip rule ${verb} priority ${rule.priority}\`, ${before.length} before`);
}

/** A rule that is put back stands behind those of its own priority, as it stood when it was the last of them. */
async function undo(action: Action<RuleParams>, before: readonly string[], world: World): Promise<void> {
  const now = await listed(action, world);
  if (now.join('\n') === before.join('\n')) return;
  const { verb, rule } = action.params;
  await runIn(action.on, policyRuleArgv({ verb: verb === 'delete' ? 'add' : 'delete', rule }), world);
  const after = await listed(action, world);
  if (after.join('\n') !== before.join('\n')) throw new Error('the rules are not as they were: somebody else changed them meanwhile');
}

export default definePerformer<RuleParams>({
  id: 'rule',
  prepare: async (action, world) => ({ rules: await listed(action, world) }),
  perform,
  undo: (action, { rules }, world) => undo(action, Array.isArray(rules) ? rules.map(String) : [], world),
});
