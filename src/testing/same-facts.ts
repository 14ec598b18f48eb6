import assert from 'node:assert/strict';
import { type FactOf, type KindId, kindOf } from '#facts/kinds';
import type { Parsed } from '#parsers/format';
import { contradictions } from '#parsers/join';

/** All facts of a kind that a parse gave. */
const factsOf = <K extends KindId>(parsed: Parsed, kind: K): readonly FactOf<K>[] =>
  parsed.readings.flatMap((one) => (one.kind === kind ? (one.facts as unknown as readonly FactOf<K>[]) : []));

/**
 * Demands that two forms of one state tell the same: the same things (as far as `among` lets both speak of them), and equal
 * values in every field that both tell. Says how many fields were compared.
 */
export function assertSameFacts<K extends KindId>(
  kind: K,
  one: Parsed,
  other: Parsed,
  how: { readonly among?: (fact: FactOf<K>) => boolean; readonly except?: readonly string[] } = {},
): number {
  const { among = () => true, except = [] } = how;
  const key = kindOf(kind).key as unknown as (fact: FactOf<K>) => string;
  const left = new Map(
    factsOf(one, kind)
      .filter(among)
      .map((fact) => [key(fact), fact]),
  );
  const right = new Map(
    factsOf(other, kind)
      .filter(among)
      .map((fact) => [key(fact), fact]),
  );
  assert.deepEqual([...left.keys()].sort(), [...right.keys()].sort());
  assert.ok(left.size > 0, `no ${kind} fact to compare`);
  let compared = 0;
  for (const [name, fact] of left) {
    const differ = contradictions(fact, right.get(name)).filter((field) => !except.includes(field));
    assert.deepEqual(differ, [], `${kind} ${name}: ${JSON.stringify(fact)} is not ${JSON.stringify(right.get(name))}`);
    const twin = right.get(name) as Readonly<Record<string, unknown>> | undefined;
    compared += Object.entries(fact).filter(([field, value]) => value !== undefined && twin?.[field] !== undefined).length;
  }
  return compared;
}
