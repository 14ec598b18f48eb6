import type { IptablesRule } from '#facts/iptables/iptables';
import type { IndexedChain, IndexedTable } from '#dataplane/iptables';
import type { Gap } from '#snapshot/gap';
import { type Origin, originText } from '#snapshot/origin';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import { partsOf } from './compile.ts';
import type { Answer, Context, Test } from './context.ts';
import { type Frame, frameOf, nextRule } from './frame.ts';
import { restoreMark } from './match/socket.ts';
import { effectOf } from './target.ts';
import type { Ruling, Verdict } from './verdict.ts';

/** One walk through a table: where it is, and what it met. */
export type Traversal = {
  readonly run: Run;
  readonly table: IndexedTable;
  readonly context: Context;
  readonly base: IndexedChain;
  readonly frames: Frame[];
  readonly counted: Origin[];
  readonly mayCount: Origin[];
  readonly by: FactRef[];
  /** Decides a rule whose match is chance or not known; nothing ends the walk undecided. */
  readonly decide: (it: Traversal, rule: IptablesRule, at: PartPlace, answer: Exclude<Answer, boolean>) => boolean | undefined;
};

/** A part of the rule that was met last. */
export type PartPlace = { readonly frame: Frame; readonly part: number };

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
    const { hotdrop } = it.context;
    if (hotdrop !== undefined) return hotdropped(it, rule, hotdrop);
    if (holds === undefined) return undefined;
    const verdict = holds ? matched(it, rule) : undefined;
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

/** What a match drops gets no further, and its rule does not count it (net/ipv4/netfilter/ip_tables.c ipt_do_table). */
const hotdropped = (it: Traversal, rule: IptablesRule, hotdrop: true | Gap): Verdict =>
  hotdrop === true ? { is: 'drop', ...metBy(it), by: [...it.by, refOf(it, rule.origin)] } : { is: 'unknown', gap: hotdrop, ...metBy(it) };

/** A rule of the table as what decided. */
export const refOf = ({ context, table }: Traversal, origin: Origin): FactRef => context.stack.citeAt('iptables', table.fact, origin);

/** What a walk has met so far. */
export const metBy = ({ counted, mayCount, by, frames }: Traversal) => ({
  counted,
  mayCount,
  by,
  way: frames.reduce((way, { chain }) => (way === '' ? chain.name : `${way} → ${chain.name}`), ''),
});

/** What a rule that matched does: into another chain, on to the next rule, or a verdict. */
export function matched(it: Traversal, rule: IptablesRule): Verdict | undefined {
  const { table, context, frames } = it;
  it.counted.push(rule.origin);
  const gap = restoreMark(rule, context);
  if (gap !== undefined) return { is: 'unknown', gap, ...metBy(it) };
  const chain = rule.target === null ? undefined : table.chains.get(rule.target.name);
  if (chain !== undefined) {
    const again = frames.findIndex((frame) => frame.chain === chain);
    if (again >= 0) {
      it.by.push(refOf(it, rule.origin));
      return { is: 'looped', chains: [...frames.slice(again).map((frame) => frame.chain.name), chain.name], ...metBy(it) };
    }
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
    case 'unheard':
      return { is: 'unheard', says: effect.says };
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
  let parts = frame.tests[place];
  if (parts === undefined) {
    parts = partsOf(rule);
    frame.tests[place] = parts;
  }
  for (let part = 0; part < parts.length; part++) {
    const answer = parts[part]?.(it.context) ?? true;
    if (answer === false) return false;
    if (answer === true) continue;
    // what nobody knows is asked about as a whole
    const isWhole = 'gap' in answer;
    if (isWhole && answer.changes !== true && failsLater(it.context, parts.slice(part + 1))) return false;
    const holds = it.decide(it, rule, { frame, part }, answer);
    if (holds !== true || isWhole) return holds;
  }
  return true;
}

/** Whether a rule of which nobody knows how far it got does not match all the same, and has changed nothing. */
function failsLater(context: Context, parts: readonly Test[]): boolean {
  for (const test of parts) {
    context.isDoubtful = true;
    const answer = test(context);
    context.isDoubtful = false;
    if (answer === false) return true;
    if (typeof answer === 'object' && 'gap' in answer && answer.changes === true) return false;
  }
  return false;
}

const gapAt = (context: Context, rule: IptablesRule, detail: string): Gap => ({
  of: 'iptables',
  scope: context.stack.scope,
  why: 'not modelled',
  detail: `${originText(rule.origin)}: ${detail}`,
});
