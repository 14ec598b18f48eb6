import type { World } from '#dataplane/world';
import type { TracedOutcome, Walk } from '#sim/packet/outcome';
import { type Flow, trace } from '#sim/packet/trace';
import type { Gap } from '#snapshot/gap';
import type { Answered, AskedCheck, Check } from './check.ts';

const NOT_ENUMERATED = 'more branches than can be enumerated';

/** Asks a flow: it fails when any branch that can be weighed fails, and is unknown where only an unknown choice decides. */
export function askFlow(flow: Flow): (world: World) => Answered {
  return (world) => {
    const { outcomes, complete } = trace(world, flow);
    return judgeOutcomes(outcomes, complete);
  };
}

export function judgeOutcomes(outcomes: readonly TracedOutcome[], complete: boolean): Answered {
  const failing = outcomes.filter(({ works }) => works === 'no');
  const unknown = outcomes.filter(({ works }) => works === 'unknown');
  const answer = (result: Answered['result'], decisive: readonly TracedOutcome[], probability: number | null): Answered => ({
    result,
    probability,
    outcomes,
    gaps: result === 'unknown' ? gapsOf(outcomes) : [],
    says: decisive[0] === undefined ? (complete ? 'the answer came back' : NOT_ENUMERATED) : endText(decisive[0]),
  });
  const weighed = failing.filter(({ probability }) => probability !== null);
  const all = outcomes.length > 0 && failing.length === outcomes.length;
  if (all) return answer('fail', failing, 1);
  if (weighed.length > 0) return answer('fail', weighed, sum(weighed));
  if (failing.length > 0 || unknown.length > 0 || !complete) return answer('unknown', [...unknown, ...failing], null);
  return answer('pass', [], 0);
}

const sum = (outcomes: readonly TracedOutcome[]): number => outcomes.reduce((total, { probability }) => total + (probability ?? 0), 0);

function gapsOf(outcomes: readonly TracedOutcome[]): readonly Gap[] {
  const gaps = new Map<string, Gap>();
  for (const { reason, reply } of outcomes) {
    for (const gap of [reason.gap, reply?.reason.gap]) if (gap !== undefined) gaps.set(gap.detail, gap);
  }
  return [...gaps.values()];
}

/** Where an outcome ended, in a sentence. */
export function endText(outcome: TracedOutcome): string {
  return outcome.reply !== null && outcome.disposition === 'delivered' ? `its answer: ${walkText(outcome.reply)}` : walkText(outcome);
}

/** Where a packet ended, in a sentence. */
export function walkText({ at, disposition, reason }: Walk): string {
  const place = at.netns === '' ? at.node : `${at.node}/${at.netns}`;
  return `${disposition} on ${place}${at.device === null ? '' : ` at ${at.device}`}: ${reason.says}`;
}

export const ask = (check: Check, world: World): AskedCheck => ({ ...check, answered: check.ask(world) });
