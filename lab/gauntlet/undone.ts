import type { Play, Scenario } from '../vocabulary.ts';
import { benchFor, capturedOnce, change } from './bench.ts';
import { type SteadyFacts, steadyFacts } from './steady-facts.ts';

/**
 * Whether a fault was gone again when the pair was captured: what the other one's break restarts or writes anew may have mended
 * it. The same cluster is drawn again and broken by the one alone; all that this changes must be as before in the pair's captures.
 */
export async function wasUndone(
  scenario: Scenario,
  both: readonly Scenario[],
  { seed, maxNodes }: { readonly seed: string; readonly maxNodes?: number },
  archives: readonly string[],
): Promise<boolean> {
  const bench = await benchFor(seed, both, maxNodes);
  try {
    const play: Play = scenario.play(bench.cluster);
    const before = await steadyFacts(await capturedOnce(bench, 'before'));
    await change(bench, play.break, scenario.needs?.settle);
    const broken = await steadyFacts(await capturedOnce(bench, 'alone', play.dead));
    return isUndone(before, broken, await steadyFacts(archives));
  } finally {
    await bench.close();
  }
}

/** All that a break changed is as it was before it. */
export function isUndone(before: SteadyFacts, broken: SteadyFacts, now: SteadyFacts): boolean {
  const changed = [...new Set([...before.keys(), ...broken.keys()])].filter((about) => before.get(about) !== broken.get(about));
  return changed.length > 0 && changed.every((about) => now.get(about) === before.get(about));
}
