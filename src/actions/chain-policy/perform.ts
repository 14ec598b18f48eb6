import type { Action } from '#change/change';
import type { World } from '#world/world';
import { iptablesProgram } from '../iptables-program.ts';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import type { ChainPolicyParams } from './preview.ts';

const LOCK_SECONDS = '10';

async function run({ on, params }: Action<ChainPolicyParams>, args: readonly string[], world: World): Promise<string> {
  const program = await iptablesProgram(on, params, world);
  return runIn(on, [program, '-w', LOCK_SECONDS, '-t', params.table, ...args], world);
}

async function policyNow(action: Action<ChainPolicyParams>, world: World): Promise<string> {
  const listed = await run(action, ['-S', action.params.chain], world);
  const policy = /^-P \S+ (\S+)/m.exec(listed)?.[1];
  if (policy === undefined) throw new Error(`${action.params.chain} is no built-in chain of ${action.params.table}`);
  return policy;
}

async function set(action: Action<ChainPolicyParams>, policy: string, world: World): Promise<void> {
  await run(action, ['-P', action.params.chain, policy], world);
  const now = await policyNow(action, world);
  if (now !== policy) throw new Error(`the policy of ${action.params.chain} is ${now} after it was set to ${policy}`);
}

export default definePerformer<ChainPolicyParams>({
  id: 'chain-policy',
  prepare: async (action, world) => ({ policy: await policyNow(action, world) }),
  perform: (action, world) => set(action, action.params.policy, world),
  undo: async (action, undo, world) => {
    if (typeof undo.policy === 'string') await set(action, undo.policy, world);
  },
});
