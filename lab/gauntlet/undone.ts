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

/** All that a break took away is there again, and nothing that it brought. What else became of a fact is the other break's. */
export function isUndone(before: SteadyFacts, broken: SteadyFacts, now: SteadyFacts): boolean {
  const [was, then, is] = [details(before), details(broken), details(now)];
  const taken = [...was].filter((one) => !then.has(one));
  const brought = [...then].filter((one) => !was.has(one));
  return taken.length + brought.length > 0 && taken.every((one) => is.has(one)) && !brought.some((one) => is.has(one));
}

const details = (facts: SteadyFacts): ReadonlySet<string> =>
  new Set([...facts].flatMap(([about, fact]) => detailsOf(about, JSON.parse(fact))));

/** Every value in a fact with the way to it. Members of a list go by their names, or by all that they are: not by their places. */
function detailsOf(way: string, value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${way} ${JSON.stringify(value)}`];
  if (!Array.isArray(value)) return Object.entries(value).flatMap(([name, own]) => detailsOf(`${way} ${name}`, own));
  return value.flatMap((own) => (nameOf(own) === undefined ? [`${way} ${JSON.stringify(own)}`] : detailsOf(`${way} ${nameOf(own)}`, own)));
}

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string' ? value.name : undefined;
