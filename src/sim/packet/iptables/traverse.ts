import type { IptablesRule } from '#facts/iptables/iptables';
import type { IndexedChain, IndexedTable } from '#dataplane/iptables';
import type { Gap } from '#snapshot/gap';
import { type Origin, originText } from '#snapshot/origin';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { placeText, type Run } from '../run.ts';
import { memoised } from '#dataplane/memo';
import { testOf } from './compile.ts';
import type { Context, Test } from './context.ts';
import { effectOf, type Rewrite } from './target.ts';

/** What a table decided, by which rule or policy, and every rule that counted the packet. */
export type Verdict = {
  readonly counted: readonly Origin[];
  readonly by: readonly FactRef[];
  /** The way through the chains: `KUBE-SERVICES → KUBE-SVC-X`. */
  readonly way: string;
} & (
  | { readonly is: 'accept' | 'drop' }
  | { readonly is: 'reject'; readonly with: string }
  | { readonly is: 'rewrite'; readonly rewrite: Rewrite }
  | { readonly is: 'unknown'; readonly gap: Gap }
);

type Frame = { readonly chain: IndexedChain; readonly tests: (Test | undefined)[]; at: number; run: number; readonly isGoto: boolean };

/** The tests of a chain's rules, each made when its rule is first met. */
const testsOf = memoised((_: IndexedChain): (Test | undefined)[] => []);

/** One walk through a table: where it is, and what it met. */
type Traversal = {
  readonly run: Run;
  readonly table: IndexedTable;
  readonly context: Context;
  readonly base: IndexedChain;
  readonly frames: Frame[];
  readonly counted: Origin[];
  readonly by: FactRef[];
};

/** A rule set that jumps in circles cannot be loaded; this bounds one that was made by hand. */
const STEPS = 200_000;

/** Walks one built-in chain and the chains it leads to (net/ipv4/netfilter/ip_tables.c ipt_do_table). */
export function traverse(run: Run, table: IndexedTable, context: Context): Verdict | undefined {
  const base = table.chains.get(context.hook);
  if (base === undefined) return undefined;
  const it: Traversal = { run, table, context, base, frames: [frameOf(base, false)], counted: [], by: [] };
  for (let steps = 0; steps < STEPS; steps++) {
    const frame = it.frames.at(-1);
    if (frame === undefined) return policyOf(it);
    const rule = nextRule(frame, context.packet);
    if (rule === undefined) {
      // a built-in chain ends in its policy, a user's in the one that called it
      if (it.frames.length === 1) it.frames.pop();
      else leave(it.frames);
    } else if (matches(it, rule, frame)) {
      const verdict = matched(it, rule);
      if (verdict !== undefined) return verdict;
    }
  }
  return {
    is: 'unknown',
    ...metBy(it),
    gap: { of: 'iptables', scope: context.stack.scope, why: 'unreadable', detail: 'the chains lead in circles' },
  };
}

const frameOf = (chain: IndexedChain, isGoto: boolean): Frame => ({ chain, tests: testsOf(chain), at: 0, run: 0, isGoto });

const refOf = ({ context, table }: Traversal, origin: Origin): FactRef => ({ ...context.stack.cite('iptables', table.fact), origin });

const metBy = ({ counted, by, frames }: Traversal) => ({ counted, by, way: frames.map(({ chain }) => chain.name).join(' → ') });

/** What a rule that matched does: into another chain, on to the next rule, or a verdict. */
function matched(it: Traversal, rule: IptablesRule): Verdict | undefined {
  const { table, context, frames } = it;
  it.counted.push(rule.origin);
  const chain = rule.target === null ? undefined : table.chains.get(rule.target.name);
  if (chain !== undefined) {
    frames.push(frameOf(chain, rule.target?.does === 'goto'));
    if (chain.rules.length > 0) it.by.push(refOf(it, rule.origin));
    return undefined;
  }
  const effect = effectOf(rule, context);
  if (effect.does !== 'go on' || CHANGES.has(rule.target?.name ?? '')) it.by.push(refOf(it, rule.origin));
  switch (effect.does) {
    case 'go on':
      return undefined;
    case 'return':
      leave(frames);
      return undefined;
    case 'reject':
      return { is: 'reject', with: effect.with, ...metBy(it) };
    case 'rewrite':
      return { is: 'rewrite', rewrite: effect.rewrite, ...metBy(it) };
    case 'unknown':
      return { is: 'unknown', gap: gapAt(context, rule, effect.detail), ...metBy(it) };
    default:
      return { is: effect.does, ...metBy(it) };
  }
}

/** Targets that change the packet for the rules after them. */
const CHANGES = new Set(['MARK', 'CONNMARK', 'CT', 'NOTRACK', 'TTL', 'HL']);

/** Leaves a chain; one that was reached by goto takes the chain that it came from with it. */
function leave(frames: Frame[]): void {
  for (let left = frames.pop(); left?.isGoto === true; ) left = frames.pop();
}

/** The next rule that can match, by the chain's index where it has one. */
function nextRule(frame: Frame, packet: Packet): IptablesRule | undefined {
  const { runs, rules } = frame.chain;
  for (let run = runs[frame.run]; run !== undefined && frame.at >= run.from; run = runs[frame.run]) {
    const at = run.at.get(run.by === 'destination' ? packet.destination : packet.destinationPort) ?? [];
    const next = at.find((index) => index >= frame.at);
    if (next !== undefined) {
      frame.at = next + 1;
      return rules[next];
    }
    frame.at = Math.max(frame.at, run.to);
    frame.run++;
  }
  return rules[frame.at++];
}

function policyOf(it: Traversal): Verdict {
  const { base, table, counted, by } = it;
  const dropped = base.policy === 'DROP';
  const way = `${base.name} policy ${base.policy ?? 'ACCEPT'}${table.fact.family === 6 ? ' (IPv6)' : ''}`;
  return { is: dropped ? 'drop' : 'accept', counted: [...counted, base.origin], by: dropped ? [...by, refOf(it, base.origin)] : by, way };
}

/** Targets that do nothing to the packet, so that it does not matter whether their rule matches. */
const MATTERS_NOT = new Set(['LOG', 'NFLOG', 'ULOG', 'TRACE']);

/** Whether a rule matches, asking the chooser where that is chance or not known. */
function matches(it: Traversal, rule: IptablesRule, frame: Frame): boolean {
  const { run, table, context } = it;
  const place = frame.at - 1;
  let test = frame.tests[place];
  if (test === undefined) {
    test = testOf(rule);
    frame.tests[place] = test;
  }
  const answer = test(context);
  if (typeof answer === 'boolean') return answer;
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
  if (rule.target === null || MATTERS_NOT.has(rule.target.name)) return false;
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
