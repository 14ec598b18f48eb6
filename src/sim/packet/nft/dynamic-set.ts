import type { NftStatement } from '#facts/nft/nft';
import type { ElementNote } from '../notes.ts';
import { gapOf, type NftContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import { readKey } from './key.ts';
import { isOver, nameOf } from './noted-element.ts';
import { found } from './set.ts';

type Change = Extract<NftStatement, { does: 'element' }>;

/**
 * A packet puts its own key into a set, for as long as the rule or the set says, or takes it out (net/netfilter/nft_dynset.c
 * nft_dynset_eval): later ones find it so. What is there already gets its time anew by `update` alone. Where a set has no room its rule
 * ends (nft_dynset_new); how many elements a run's own packets put in is not counted.
 */
export function changeSet(context: NftContext, change: Change): 'go on' | 'break' | ReturnType<typeof gapOf> {
  const { op, set, key } = change;
  const parts = readKey(context, key, evaluate);
  if (parts === 'break') return 'break';
  const name = nameOf(context, set, parts);
  const isKnown = parts.every((part) => 'value' in part);
  if (op === 'add' && isKnown && isThere(context, change, name)) return 'go on';
  const full = op === 'delete' ? undefined : isFull(context, change, isKnown, isKnown && isThere(context, change, name));
  if (full === true) return 'break';
  if (full !== undefined) {
    // whether it is there then nobody knows either
    context.run.notes.keepElement(nameOf(context, set, [full]), 'in');
    return full;
  }
  context.run.notes.keepElement(name, op === 'delete' ? 'out' : put(context, change));
  return 'go on';
}

/** Whether there is no room for a new element, or why that is not known: what expired takes room until it is swept (nft_rhash_gc). */
function isFull(context: NftContext, { set }: Change, isKnown: boolean, isThere: boolean): true | ReturnType<typeof gapOf> | undefined {
  const { size, elements = [], problem = null } = context.table.sets.find(({ name }) => name === set) ?? {};
  if (isThere || size === undefined || (problem === null && elements.length < size)) return undefined;
  const isSure =
    problem === null && isKnown && elements.every(({ expiresSeconds }) => expiresSeconds === undefined) && !hasRoomMade(context, set);
  return isSure ? true : gapOf(context, `whether there is room in @${set} is not known (net/netfilter/nft_dynset.c nft_dynset_new)`);
}

/** Whether some rule of the table takes elements out of the set. */
const hasRoomMade = ({ table }: NftContext, set: string): boolean =>
  table.chains.some(({ rules }) =>
    rules.some(({ statements }) => statements.some((one) => one.does === 'element' && one.op === 'delete' && one.set === set)),
  );

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
