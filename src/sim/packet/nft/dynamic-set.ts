import type { NftStatement } from '#facts/nft/nft';
import type { ElementNote } from '../notes.ts';
import type { NftContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import { readKey } from './key.ts';
import { isOver, nameOf } from './noted-element.ts';
import { found } from './set.ts';

type Change = Extract<NftStatement, { does: 'element' }>;

/**
 * A packet puts its own key into a set, for as long as the rule or the set says, or takes it out (net/netfilter/nft_dynset.c
 * nft_dynset_eval): later ones find it so. What is there already gets its time anew by `update` alone.
 */
export function changeSet(context: NftContext, change: Change): 'go on' | 'break' {
  const { op, set, key } = change;
  const parts = readKey(context, key, evaluate);
  if (parts === 'break') return 'break';
  const name = nameOf(context, set, parts);
  const isKnown = parts.every((part) => 'value' in part);
  if (op === 'add' && isKnown && isThere(context, change, name)) return 'go on';
  context.run.notes.keepElement(name, op === 'delete' ? 'out' : put(context, change));
  return 'go on';
}

function put({ run, table }: NftContext, { set, timeoutSeconds }: Change): ElementNote {
  const seconds = timeoutSeconds ?? table.sets.find(({ name }) => name === set)?.timeoutSeconds ?? 0;
  return seconds === 0 ? 'in' : { until: run.at + seconds * 1000 };
}

/** Whether a set has the packet's element for sure: by an earlier packet, or as it was read. */
function isThere(context: NftContext, { set, key }: Change, name: string): boolean {
  const noted = context.run.notes.element(name);
  if (noted !== undefined) return noted !== 'out' && !isOver(noted, context.run.at);
  const element = found(context, key, { is: 'named', set }, evaluate);
  return element !== 'break' && !('gap' in element);
}
