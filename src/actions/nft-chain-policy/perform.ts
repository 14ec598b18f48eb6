import type { Action } from '#change/change';
import type { World } from '#world/world';
import { nftName } from '../nft-name.ts';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import type { NftChainPolicyParams } from './preview.ts';

const chainOf = ({ family, table, chain }: NftChainPolicyParams): readonly string[] => [family, nftName(table), nftName(chain)];

async function policyNow({ on, params }: Action<NftChainPolicyParams>, world: World): Promise<string> {
  const listed = await runIn(on, ['nft', 'list', 'chain', ...chainOf(params)], world);
  const policy = /^\s*type \w+ hook .*; policy (\w+);/m.exec(listed)?.[1];
  if (policy === undefined) throw new Error(`${params.chain} is no base chain of ${params.family} ${params.table}`);
  return policy;
}

async function set(action: Action<NftChainPolicyParams>, policy: string, world: World): Promise<void> {
  if (policy !== 'accept' && policy !== 'drop') throw new Error(`not a policy of nft: ${policy}`);
  await runIn(action.on, ['nft', 'chain', ...chainOf(action.params), '{', 'policy', policy, ';', '}'], world);
  const now = await policyNow(action, world);
  if (now !== policy) throw new Error(`the policy of ${action.params.chain} is ${now} after it was set to ${policy}`);
}

export default definePerformer<NftChainPolicyParams>({
  id: 'nft-chain-policy',
  prepare: async (action, world) => ({ policy: await policyNow(action, world) }),
  perform: (action, world) => set(action, action.params.policy, world),
  undo: async (action, undo, world) => {
    if (typeof undo.policy === 'string') await set(action, undo.policy, world);
  },
});
