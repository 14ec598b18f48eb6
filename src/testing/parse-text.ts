import { readFileSync } from 'node:fs';
import type { FactOf, KindId } from '#facts/kinds';
import type { Format, Input, Parsed } from '#parsers/format';
import { onNode } from '#snapshot/scope';

/** Runs one format over a text as if it had been captured on node A, in look 1. */
export function parseText(format: Format, text: string, how: Partial<Input> = {}): Parsed {
  return format.parse({ file: 'nodes/A/text', scope: onNode('A'), argv: [], exit: null, look: 1, text, clock: undefined, ...how });
}

/** A recorded output of a real tool, its first lines naming the command and the version. */
export const recorded = (name: string): string => readFileSync(new URL(`../parsers/recorded/${name}.txt`, import.meta.url), 'utf8');

/** The facts of one kind that a parse gave. */
export function factsOf<K extends KindId>(parsed: Parsed, kind: K): readonly FactOf<K>[] {
  return parsed.readings.flatMap((one) => (one.kind === kind ? (one.facts as unknown as readonly FactOf<K>[]) : []));
}

/** A fact without the place where it was read, to compare forms. */
export function withoutOrigin<F extends { readonly origin: unknown }>(fact: F): Omit<F, 'origin'> {
  const { origin: _, ...rest } = fact;
  return rest;
}
