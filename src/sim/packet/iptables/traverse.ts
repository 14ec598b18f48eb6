import type { IptablesRule } from '#facts/iptables/iptables';
import type { IndexedChain, IndexedTable } from '#dataplane/iptables';
import type { Gap } from '#snapshot/gap';
import { type Origin, originText } from '#snapshot/origin';
import type { FactRef } from '../outcome.ts';
import { placeText, type Run } from '../run.ts';
import { testOf } from './compile.ts';
import type { Answer, Context } from './context.ts';
import { foreseen } from './foresee.ts';
import { type Frame, frameOf, nextRule } from './frame.ts';
import { effectOf } from './target.ts';
import { WITHOUT_EFFECT } from './target/without-effect.ts';
import type { Ruling, Verdict } from './verdict.ts';

export type { Verdict } from './verdict.ts';

/** One walk through a table: where it is, and what it met. */
export type Traversal = {
  readonly table: IndexedTable;
  readonly context: Context;
  readonly base: IndexedChain;
  readonly frames: Frame[];
  readonly counted: Origin[];
  readonly mayCount: Origin[];
  readonly by: FactRef[];
  /** Decides a rule whose match is chance or not known; nothing ends the walk undecided. */
  readonly decide: (it: Traversal, rule: IptablesRule, frame: Frame, answer: Exclude<Answer, boolean>) => boolean | undefined;
};

/** A rule set that jumps in circles cannot be loaded; this bounds one that was made by hand. */
const STEPS = 200_000;

/** Walks one built-in chain and the chains it leads to (net/ipv4/netfilter/ip_tables.c ipt_do_table). */
export function traverse(run: Run, table: IndexedTable, context: Context): Verdict | undefined {
  const base = table.chains.get(context.hook);
  if (base === undefined) return undefined;
  const frames = [frameOf(base, false, context)];
  const it: Traversal = { table, context, base, frames, counted: [], mayCount: [], by: [], decide: (...about) => asked(run, ...about) };
  return walked(it, STEPS) ?? { is: 'unknown', ...metBy(it), gap: circles(context) };
}

const circles = ({ stack }: Context): Gap => ({
  of: 'iptables',
  scope: stack.scope,
  why: 'unreadable',
  detail: 'the chains lead in circles',
});

/** Goes on from where a traversal is to its end; nothing when that takes too many steps or cannot be decided. */
export function walked(it: Traversal, most: number): Verdict | undefined {
  for (let steps = 0; steps < most; steps++) {
    const frame = it.frames.at(-1);
    if (frame === undefined) return policyOf(it);
    const rule = nextRule(frame);
    if (rule === undefined) {
      // a built-in chain ends in its policy, a user's in the one that called it
      if (it.frames.length === 1) it.frames.pop();
      else leave(it.frames);
      continue;
    }
    const holds = matches(it, rule, frame);
    if (holds === undefined) return undefined;
    const verdict = holds ? matched(it, rule) : undefined;
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

const refOf = ({ context, table }: Traversal, origin: Origin): FactRef => ({ ...context.stack.cite('iptables', table.fact), origin });

const metBy = ({ counted, mayCount, by, frames }: Traversal) => ({
  counted,
  mayCount,
  by,
  way: frames.map(({ chain }) => chain.name).join(' → '),
});

const COMES_BACK = new Set(WITHOUT_EFFECT);

/** What a rule that matched does: into another chain, on to the next rule, or a verdict. */
export function matched(it: Traversal, rule: IptablesRule): Verdict | undefined {
  const { table, context, frames } = it;
  it.counted.push(rule.origin);
  const chain = rule.target === null ? undefined : table.chains.get(rule.target.name);
  if (chain !== undefined) {
    frames.push(frameOf(chain, rule.target?.does === 'goto', context));
    if (chain.rules.length > 0) it.by.push(refOf(it, rule.origin));
    return undefined;
  }
  const { packet, track } = context;
  const effect = effectOf(rule, context);
  const changes = packet !== context.packet || track !== context.track || rule.target?.name === 'CONNMARK';
  if (effect.does !== 'go on' || changes) it.by.push(refOf(it, rule.origin));
  const ruling = rulingOf(it, rule, effect);
  return ruling === undefined ? undefined : { ...ruling, ...metBy(it) };
}

function rulingOf({ context, frames }: Traversal, rule: IptablesRule, effect: ReturnType<typeof effectOf>): Ruling | undefined {
  switch (effect.does) {
    case 'go on':
      return undefined;
    case 'return':
      leave(frames);
      return undefined;
    case 'reject':
      return { is: 'reject', with: effect.with };
    case 'rewrite':
      return { is: 'rewrite', rewrite: effect.rewrite };
    case 'unknown':
      return { is: 'unknown', gap: effect.gap ?? gapAt(context, rule, effect.detail) };
    default:
      return { is: effect.does };
  }
}

/** Leaves a chain; one that was reached by goto takes the chain that it came from with it. */
function leave(frames: Frame[]): void {
  for (let left = frames.pop(); left?.isGoto === true; ) left = frames.pop();
}

function policyOf(it: Traversal): Verdict {
  const { base, table, counted, mayCount, by } = it;
  const dropped = base.policy === 'DROP';
  const way = `${base.name} policy ${base.policy ?? 'ACCEPT'}${table.fact.family === 6 ? ' (IPv6)' : ''}`;
  const all = { counted: [...counted, base.origin], mayCount, way };
  return dropped ? { is: 'drop', ...all, by: [...by, refOf(it, base.origin)] } : { is: 'accept', ...all, by };
}

/** Whether a rule matches; what is chance or not known is decided elsewhere. */
function matches(it: Traversal, rule: IptablesRule, frame: Frame): boolean | undefined {
  const place = frame.at - 1;
  let test = frame.tests[place];
  if (test === undefined) {
    test = testOf(rule);
    frame.tests[place] = test;
  }
  const answer = test(it.context);
  return typeof answer === 'boolean' ? answer : it.decide(it, rule, frame, answer);
}

/** Asks the chooser, unless the rule changes nothing for the packet or both ways come to the same. */
function asked(run: Run, it: Traversal, rule: IptablesRule, frame: Frame, answer: Exclude<Answer, boolean>): boolean {
  const { table, context } = it;
  const at = `${placeText(context.stack)} iptables ${table.fact.table} ${frame.chain.name} rule ${frame.at}`;
  // The nat table sees only the first packet of a connection.
  const scope = context.table === 'nat' ? 'connection' : 'packet';
  if ('probability' in answer) {
    const options = [
      { name: rule.target?.name ?? 'matches', probability: answer.probability },
      { name: 'does not match', probability: 1 - answer.probability },
    ];
    return run.pick({ at, of: 'statistic', scope, options }) === 0;
  }
  if (rule.target === null || COMES_BACK.has(rule.target.name)) {
    it.mayCount.push(rule.origin);
    return false;
  }
  const same = foreseen(it, rule);
  if (same !== undefined) {
    it.mayCount.push(...same);
    return false;
  }
  const options = [
    { name: 'does not match', probability: null },
    { name: 'matches', probability: null },
  ];
  const gap = { ...answer.gap, detail: `${originText(rule.origin)}: ${answer.gap.detail}` };
  const because = { gap, by: [refOf(it, rule.origin)] };
  return run.pick({ at, of: 'unmodelled match', scope, options, because }) === 1;
}

const gapAt = (context: Context, rule: IptablesRule, detail: string): Gap => ({
  of: 'iptables',
  scope: context.stack.scope,
  why: 'not modelled',
  detail: `${originText(rule.origin)}: ${detail}`,
});
