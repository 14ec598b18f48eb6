import type { NftChain, NftRule, NftTable } from '#facts/nft/nft';
import type { Gap } from '#snapshot/gap';
import { type Origin, originText } from '#snapshot/origin';
import type { Verdict } from '../iptables/verdict.ts';
import type { FactRef } from '../outcome.ts';
import type { NftContext } from './context.ts';
import { type Effect, execute } from './execute.ts';
import { type Step, stepsOf } from './joined.ts';
import { placed } from './place.ts';
import { UNMODELLED_STATEMENTS } from './unmodelled.ts';

/** A chain that is being walked, and those that a goto left for it. */
type Frame = { readonly chain: NftChain; readonly left: readonly NftChain[]; at: number };

/** One walk through a base chain: where it is, and what it met. */
type Traversal = {
  readonly context: NftContext;
  readonly base: NftChain;
  readonly chains: ReadonlyMap<string, NftChain>;
  readonly frames: Frame[];
  readonly counted: Origin[];
  readonly mayCount: Origin[];
  readonly by: FactRef[];
};

/** Chains that call each other many times over may be walked for ever; this bounds it. */
const STEPS = 200_000;

/** Walks one base chain and the chains it leads to (net/netfilter/nf_tables_core.c nft_do_chain). */
export function traverseNft(context: NftContext, base: NftChain, chains: ReadonlyMap<string, NftChain>): Verdict {
  const it: Traversal = { context, base, chains, frames: [{ chain: base, left: [], at: 0 }], counted: [], mayCount: [], by: [] };
  for (let steps = 0; steps < STEPS; steps++) {
    const frame = it.frames.at(-1);
    if (frame === undefined) return policyOf(it);
    const rule = frame.chain.rules[frame.at];
    if (rule === undefined) it.frames.pop();
    else {
      frame.at++;
      context.at = `${context.table.family} ${context.table.name} ${frame.chain.name} rule ${frame.at}`;
      const verdict = runRule(it, rule);
      if (verdict !== undefined) return verdict;
    }
  }
  const detail = `the chains do not end within ${STEPS} steps`;
  return unknownVerdict(it, { of: 'nft', scope: context.stack.scope, why: 'unreadable', detail });
}

const refOf = ({ context }: Traversal, origin: Origin): FactRef => context.stack.citeAt('nft', context.table, origin);

/** Which table, for the sentences of a trace. */
export const tableText = ({ family, name }: NftTable): string => `${family} ${name}`;

const metBy = ({ counted, mayCount, by, frames }: Traversal) => ({
  counted,
  mayCount,
  by,
  way: frames.map(({ chain }) => chain.name).join(' → '),
});

const unknownVerdict = (it: Traversal, gap: Gap): Verdict => ({ is: 'unknown', gap, ...metBy(it) });

function policyOf(it: Traversal): Verdict {
  const { base, counted, mayCount, by } = it;
  const dropped = base.base?.policy === 'drop';
  const way = `${base.name} policy ${dropped ? 'drop' : 'accept'}`;
  return { is: dropped ? 'drop' : 'accept', counted, mayCount, by: dropped ? [...by, refOf(it, base.origin)] : by, way };
}

/** Runs a rule's statements until one of them ends it. */
function runRule(it: Traversal, rule: NftRule): Verdict | undefined {
  const steps = stepsOf(rule);
  for (const [at, statement] of steps.entries()) {
    const effect = execute(it.context, statement, rule);
    if (effect.does === 'go on') continue;
    if (effect.does === 'count') {
      it.counted.push(rule.origin);
      continue;
    }
    if (effect.does === 'change') {
      it.by.push(refOf(it, rule.origin));
      continue;
    }
    if (effect.does === 'break') return undefined;
    if (effect.does !== 'ask') return concluded(it, rule, effect);
    if (!matters(steps, at)) {
      if (steps.slice(at + 1).some(isCounter)) it.mayCount.push(rule.origin);
      return undefined;
    }
    if (!asked(it, rule, effect)) return undefined;
    if (isBeyond(statement)) return unknownVerdict(it, gapAt(rule, gapOfAnswer(it, effect)));
  }
  return undefined;
}

const SILENT: ReadonlySet<string> = new Set(['log', 'counter', 'last', 'dup', 'element', 'quota']);

/** Whether anything that follows does more than log and count. */
const matters = (steps: readonly Step[], at: number): boolean =>
  isBeyond(steps[at]) || steps.slice(at + 1).some(({ does }) => !SILENT.has(does));

/** What a rule that goes on behind it has done nobody knows. */
const isBeyond = (step: Step | undefined): boolean => step?.does === 'unknown' || step?.does === 'tproxy';

const isCounter = (statement: Step): boolean => statement.does === 'counter' && statement.name === null;

type Ask = Extract<Effect, { does: 'ask' }>;

const gapOfAnswer = ({ context }: Traversal, { answer }: Ask): Gap =>
  'gap' in answer ? answer.gap : { of: 'nft', scope: context.stack.scope, why: 'not modelled', detail: 'chance' };

const gapAt = (rule: NftRule, gap: Gap): Gap => ({ ...gap, detail: `${originText(rule.origin)}: ${gap.detail}` });

/** Asks the chooser whether the rule goes on. */
function asked(it: Traversal, rule: NftRule, effect: Ask): boolean {
  const { context } = it;
  const { answer } = effect;
  const at = placed(context);
  const { scope } = context;
  if ('probability' in answer) {
    const options = [
      { name: 'matches', probability: answer.probability },
      { name: 'does not match', probability: 1 - answer.probability },
    ];
    const holds = context.run.pick({ at, of: answer.settle === undefined ? 'numgen' : 'limit', scope, dice: true, options }) === 0;
    answer.settle?.(holds);
    return holds;
  }
  const options = [
    { name: 'does not match', probability: null },
    { name: 'matches', probability: null },
  ];
  const because = { gap: gapAt(rule, answer.gap), by: [refOf(it, rule.origin)] };
  return context.run.pick({ at, of: 'unmodelled match', scope, options, because }) === 1;
}

/** What a verdict leads to: another chain, the next rule, or the end of this base chain. */
function concluded(
  it: Traversal,
  rule: NftRule,
  effect: Extract<Effect, { does: 'reject' | 'rewrite' | 'unheard' | 'unknown' | 'verdict' }>,
): Verdict | undefined {
  it.by.push(refOf(it, rule.origin));
  switch (effect.does) {
    case 'reject':
      return { is: 'reject', with: effect.with, ...metBy(it) };
    case 'unheard':
      return { is: 'unheard', says: effect.says, ...metBy(it) };
    case 'rewrite':
      return { is: 'rewrite', rewrite: effect.rewrite, ...metBy(it) };
    case 'unknown':
      return unknownVerdict(it, gapAt(rule, effect.gap));
    case 'verdict':
      return ruled(it, rule, effect.verdict);
  }
}

function ruled(
  it: Traversal,
  rule: NftRule,
  { verdict, chain: name }: Extract<Effect, { does: 'verdict' }>['verdict'],
): Verdict | undefined {
  const { frames, context } = it;
  switch (verdict) {
    case 'accept':
    case 'drop':
      return { is: verdict, ...metBy(it) };
    case 'return':
      frames.pop();
      return undefined;
    case 'continue':
      it.by.pop();
      return undefined;
    case 'queue':
      return unknownVerdict(
        it,
        gapAt(rule, { of: 'nft', scope: context.stack.scope, why: 'not modelled', detail: UNMODELLED_STATEMENTS.queue }),
      );
    default: {
      const chain = it.chains.get(name ?? '');
      if (chain === undefined)
        return unknownVerdict(
          it,
          gapAt(rule, { of: 'nft', scope: context.stack.scope, why: 'not collected', detail: `the chain ${name} was not read` }),
        );
      return called(it, chain, verdict === 'goto');
    }
  }
}

/** Goes into a chain; one that is being walked already leads in circles (nft_chain_validate lets none be loaded). */
function called(it: Traversal, chain: NftChain, isGoto: boolean): Verdict | undefined {
  const { frames } = it;
  const passed = frames.flatMap((frame) => [...frame.left, frame.chain]);
  const again = passed.indexOf(chain);
  if (again >= 0) return { is: 'looped', chains: [...passed.slice(again), chain].map(({ name }) => name), ...metBy(it) };
  const left = isGoto ? frames.pop() : undefined;
  frames.push({ chain, left: left === undefined ? [] : [...left.left, left.chain], at: 0 });
  return undefined;
}
