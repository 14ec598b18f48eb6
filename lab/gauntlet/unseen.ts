import type { Play, Scenario } from '../vocabulary.ts';
import { type Bench, benchFor, capturedOnce, change, type Drawn } from './bench.ts';
import { type SteadyFacts, steadyFacts } from './steady-facts.ts';

/**
 * Whether nothing of one fault is left to see in the captures of a pair: the other one's break started something anew that mended
 * it, or wrote over it, or does all that it does. The same cluster is drawn again and broken by each alone.
 */
export async function isUnseen(one: Scenario, other: Scenario, drawn: Drawn, archives: readonly string[]): Promise<boolean> {
  const both = [one, other];
  const alone = await onItsOwn(both, drawn, async (bench) => {
    const before = await steadyFacts(await capturedOnce(bench, 'before'));
    return { before, broken: await brokenBy(one, bench) };
  });
  const others = await onItsOwn(both, drawn, (bench) => brokenBy(other, bench));
  return looksAlike(alone, others, await steadyFacts(archives));
}

type Broken = { readonly before: SteadyFacts; readonly broken: SteadyFacts };

/** Something done on the drawn cluster, which is raised for it and closed. */
async function onItsOwn<T>(scenarios: readonly Scenario[], drawn: Drawn, act: (bench: Bench) => Promise<T>): Promise<T> {
  const bench = await benchFor(drawn, scenarios);
  try {
    return await act(bench);
  } finally {
    await bench.close();
  }
}

/** A cluster after the break of one fault alone. */
async function brokenBy(scenario: Scenario, bench: Bench): Promise<SteadyFacts> {
  const play: Play = scenario.play(bench.cluster);
  await change(bench, [...(play.first ?? []), ...play.break], scenario.needs?.settle);
  return steadyFacts(await capturedOnce(bench, 'alone', play.dead));
}

/** In all that the one changes by itself, both together look as the other alone. */
export function looksAlike({ before, broken }: Broken, other: SteadyFacts, both: SteadyFacts): boolean {
  const [was, became, others, is] = [detailsOf(before), detailsOf(broken), detailsOf(other), detailsOf(both)];
  const ways = [...new Set([...was.keys(), ...became.keys()])].filter((way) => !isSame(was.get(way), became.get(way)));
  return ways.length > 0 && ways.every((way) => isSame(others.get(way), is.get(way)));
}

type Values = ReadonlySet<string>;

const isSame = (some: Values = new Set(), others: Values = new Set()): boolean =>
  some.size === others.size && [...some].every((one) => others.has(one));

/** Every value in facts by the way to it. */
function detailsOf(facts: SteadyFacts): ReadonlyMap<string, Values> {
  const details = new Map<string, Set<string>>();
  for (const [about, fact] of facts) {
    for (const [way, value] of valuesIn(about, JSON.parse(fact))) details.set(way, (details.get(way) ?? new Set()).add(value));
  }
  return details;
}

/** Members of a list go by their names, or by all that they are: not by their places. */
function valuesIn(way: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[way, JSON.stringify(value)]];
  if (!Array.isArray(value)) return Object.entries(value).flatMap(([name, own]) => valuesIn(`${way} ${name}`, own));
  return value.flatMap((own) => (nameOf(own) === undefined ? [[way, JSON.stringify(own)]] : valuesIn(`${way} ${nameOf(own)}`, own)));
}

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string' ? value.name : undefined;
