import type { Facts } from '#facts/facts';
import { applyPlans } from './applied.ts';
import type { Candidate } from './candidate.ts';
import { failed } from './check.ts';
import { judge, type Verdict, verdictKey } from './judge.ts';
import { lookAgain, lookAtOpen, viewOf } from './look.ts';
import type { Fault } from './fault.ts';
import { failingAsks, failingAsksOf } from './failing-asks.ts';
import { changesOf } from './preview.ts';
import type { View } from './view.ts';

/** Everything found over all rounds: what one fault hides, its previewed mend reveals. */
export type Search = {
  readonly candidates: readonly Candidate[];
  readonly first: readonly Verdict[];
  readonly revealed: ReadonlyMap<string, Verdict>;
  readonly view: View;
};

const MAX_ROUNDS = 4;
/** So many candidates are also mended one by one. */
const MAX_ALONE = 6;

/** Judges all faults; then applies the fixes of what was found to the model and judges again, while checks still fail. */
export function search(view: View, faults: readonly Fault[]): Search {
  const { facts } = view;
  const first = faults.flatMap((fault) => judge(fault, view));
  const candidates = candidatesOf(first, view, 0);
  const known = new Set(candidates.map(({ key }) => key));
  const revealed = new Map<string, Verdict>();
  let round = 1;
  // what cannot be answered because of one fault may fail by another once the first is mended
  let failing = view.checks.filter((check) => failed(check) || check.answered.result === 'unknown');
  let isOpen = failing.length > 0 || asksFail(candidates, facts);
  while (round < MAX_ROUNDS && isOpen) {
    const all = judgedUnder(candidates, view, faults, first);
    if (all === undefined) break;
    failing = all.view.checks.filter(({ answered }) => answered.result === 'fail');
    isOpen = failing.length > 0 || asksFail(candidates, all.view.facts);
    const isFresh = ({ key }: Candidate): boolean => !known.has(key);
    // mends may hinder each other: what all together do not reveal may come to light under one of them
    const alone = failing.length > 0 && candidates.length > 1 && candidates.length <= MAX_ALONE ? candidates : [];
    const judged = [[all], alone.flatMap((one) => judgedUnder([one], view, faults, first) ?? [])].find((some) =>
      some.some((one) => candidatesOf(one.verdicts, one.view, round).some(isFresh)),
    ) ?? [all];
    for (const { verdicts } of judged)
      for (const verdict of verdicts) if (!revealed.has(verdictKey(verdict))) revealed.set(verdictKey(verdict), verdict);
    const fresh = judged.flatMap((one) => candidatesOf(one.verdicts, one.view, round)).filter(isFresh);
    if (fresh.length === 0) break;
    for (const candidate of fresh) {
      if (!known.has(candidate.key)) candidates.push(candidate);
      known.add(candidate.key);
    }
    round++;
  }
  return { candidates, first, revealed, view };
}

/** Whether questions fail that found faults ask by themselves, and that a change to what they concern should answer. */
const asksFail = (candidates: readonly Candidate[], facts: Facts): boolean =>
  candidates.some((candidate) => changesOf(candidate.plan).length > 0 && failingAsks(candidate, facts).length > 0);

type Judged = { readonly view: View; readonly verdicts: readonly Verdict[] };

/** What is judged once the fixes of some candidates are applied; nothing when none can be. */
function judgedUnder(
  candidates: readonly Candidate[],
  view: View,
  faults: readonly Fault[],
  first: readonly Verdict[],
): Judged | undefined {
  const mended = applyPlans(view.facts, candidates, view.checks);
  if (mended === undefined) return undefined;
  // once all that failed passes there is nothing left to reveal: only what could not be judged before is judged again
  const open = lookAtOpen(view, mended);
  const failing = new Set(view.checks.filter(({ answered }) => answered.result === 'fail').map(({ id }) => id));
  // what failed and cannot be told any more may hide another cause, as what still fails; and what a fault asks by itself may fail by another one
  const passes = open.checks.every(({ id, answered: { result } }) => result === 'pass' || (result === 'unknown' && !failing.has(id)));
  const isMended = passes && !asksFail(candidates, mended);
  const next = isMended ? open : withOwnAsks(lookAgain(view, mended), candidates);
  return { view: next, verdicts: (isMended ? unjudged(first) : faults).flatMap((fault) => judge(fault, next)) };
}

/** With what the candidates' faults ask by themselves and still fails: nothing else may ask for what nobody answered before. */
function withOwnAsks(view: View, candidates: readonly Candidate[]): View {
  const own = failingAsksOf(candidates, view.facts, view.checks);
  return own.length === 0 ? view : viewOf(view.facts, [...view.checks, ...own]);
}

const unjudged = (verdicts: readonly Verdict[]): readonly Fault[] => [
  ...new Set(verdicts.filter(({ ruling }) => ruling.is === 'unknown').map(({ fault }) => fault)),
];

function candidatesOf(verdicts: readonly Verdict[], view: View, round: number): Candidate[] {
  return verdicts.flatMap((verdict): Candidate[] => {
    const { fault, subject, ruling } = verdict;
    if (ruling.is !== 'found' || subject === null) return [];
    const asks = fault.asks?.(subject, ruling.params, view) ?? [];
    return [
      {
        key: verdictKey(verdict),
        fault,
        subject,
        params: ruling.params,
        verdict,
        plan: fault.fix(subject, ruling.params, view),
        asks,
        round,
      },
    ];
  });
}
