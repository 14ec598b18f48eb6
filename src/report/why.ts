import type { Owned } from '#intent/owner/owned';
import { originText } from '#snapshot/origin';
import { type Quote, quoted } from './quote.ts';

/** Whose things are, for a reader. */
export const whyText = (all: readonly Owned[], quote: Quote): string => all.map((owned) => ownedText(owned, quote)).join('\n\n');

function ownedText({ what, text, origin, owner, because, behind, gaps }: Owned, quote: Quote): string {
  return [
    `${what}: ${text}`,
    `   made by   ${owner ?? 'a person, or a program that is not known'}`,
    `   because   ${because}`,
    ...behind.flatMap((one) => [
      `   behind    ${one.kind} ${one.name}: ${one.because}`,
      ...(one.origin === null ? [] : [`             ${quoted(one.origin, quote)}`]),
    ]),
    ...gaps.map(({ detail, capture }) => `   unknown   ${detail}${capture === undefined ? '' : `; capture: ${capture}`}`),
    `   see       ${quoted(origin, quote)}`,
  ].join('\n');
}

/** Whose things are, as its schema (docs/schemas/why.schema.json) tells it. */
export const whyJson = (all: readonly Owned[], quote: Quote): object => ({
  owned: all.map(({ what, text, origin, owner, because, behind, gaps }) => ({
    what,
    text,
    owner,
    because,
    origin: originText(origin),
    quote: quote(origin)?.trim().slice(0, 300) ?? null,
    behind: behind.map((one) => ({
      kind: one.kind,
      name: one.name,
      because: one.because,
      origin: one.origin === null ? null : originText(one.origin),
    })),
    gaps: gaps.map(({ of, why, detail }) => ({ of, why, detail })),
  })),
});
