import type { IptablesRule } from '#facts/iptables/iptables';
import type { IndexedTable } from '#dataplane/iptables';
import type { Gap } from '#snapshot/gap';
import { type Origin, originText } from '#snapshot/origin';
import { placeText, type Run } from '../run.ts';
import type { Answer, Context } from './context.ts';
import { foreseen, isForeseen } from './foresee.ts';
import { frameOf } from './frame.ts';
import { restoresMark } from './match/socket.ts';
import { WITHOUT_EFFECT } from './target/without-effect.ts';
import type { Verdict } from './verdict.ts';
import { metBy, type PartPlace, refOf, type Traversal, walked } from './walk.ts';

export type { Verdict } from './verdict.ts';

/** Chains that call each other many times over may be walked for ever; this bounds it. */
const STEPS = 200_000;

/** Walks one built-in chain and the chains it leads to (net/ipv4/netfilter/ip_tables.c ipt_do_table). */
export function traverse(run: Run, table: IndexedTable, context: Context): Verdict | undefined {
  const base = table.chains.get(context.hook);
  if (base === undefined) return undefined;
  const frames = [frameOf(base, false, context)];
  const it: Traversal = { run, table, context, base, frames, counted: [], mayCount: [], by: [], decide: asked };
  return walked(it, STEPS) ?? { is: 'unknown', ...metBy(it), gap: tooMany(context) };
}

const tooMany = ({ stack }: Context): Gap => ({
  of: 'iptables',
  scope: stack.scope,
  why: 'unreadable',
  detail: `the chains do not end within ${STEPS} steps`,
});

const COMES_BACK = new Set(WITHOUT_EFFECT);

/** Asks the chooser, unless the rule changes nothing for the packet or both ways come to the same. */
function asked(it: Traversal, rule: IptablesRule, { frame, part }: PartPlace, answer: Exclude<Answer, boolean>): boolean {
  const { run, table, context } = it;
  const at = `${placeText(context.stack)} iptables ${table.fact.table} ${frame.chain.name} rule ${frame.at}${part === 0 ? '' : ` part ${part + 1}`}`;
  // The nat table sees only the first packet of a connection.
  const scope = context.table === 'nat' ? 'connection' : 'packet';
  if (isForeseen(it, { frame, part }, answer)) {
    const may = mayCount(it, rule);
    if (may !== undefined) {
      it.mayCount.push(...may);
      return false;
    }
  }
  if ('probability' in answer) {
    const options = [
      { name: rule.target?.name ?? 'matches', probability: answer.probability },
      { name: 'does not match', probability: 1 - answer.probability },
    ];
    const holds = run.pick({ at, of: answer.settle === undefined ? 'statistic' : 'limit', scope, dice: true, options }) === 0;
    answer.settle?.(holds);
    return holds;
  }
  const options = [
    { name: 'does not match', probability: null },
    { name: 'matches', probability: null },
  ];
  const gap = { ...answer.gap, detail: `${originText(rule.origin)}: ${answer.gap.detail}` };
  const because = { gap, by: [refOf(it, rule.origin)] };
  return run.pick({ at, of: 'unmodelled match', scope, options, because }) === 1;
}

/** Rules that may have counted the packet, where it does not matter to it whether this one matches. */
const mayCount = (it: Traversal, rule: IptablesRule): readonly Origin[] | undefined =>
  (rule.target === null || COMES_BACK.has(rule.target.name)) && !restoresMark(rule) ? [rule.origin] : foreseen(it, rule);
