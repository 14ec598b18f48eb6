import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { Candidate } from './candidate.ts';
import type { AskedCheck } from './check.ts';

/** The questions that the fault asks by itself and that fail as things are. */
export function failingAsks({ asks }: Candidate, facts: Facts): readonly AskedCheck[] {
  if (asks.length === 0) return [];
  const world = worldOf(facts);
  return asks.map((check): AskedCheck => ({ ...check, answered: check.ask(world) })).filter(({ answered }) => answered.result === 'fail');
}
