import type { NftExpression } from '#facts/nft/nft';
import type { Gap } from '#snapshot/gap';
import type { NftContext } from './context.ts';
import { partsOf, type Uniform, uniformOf } from './uniform.ts';
import { isGap, type Read, type Value } from './value.ts';

/** A part of a key: what the packet has there, a number that is chance, or why it is not known. */
export type Part = { readonly value: Value } | { readonly uniform: Uniform } | { readonly gap: Gap };

/** What reads a key out of a packet: a key may hold a map, whose elements are looked up here. */
export type Evaluate = (context: NftContext, expression: NftExpression) => Read;

/** A key part by part; `break` where the packet lacks one of them, which ends the rule whatever the others are. */
export function readKey(context: NftContext, key: NftExpression, evaluate: Evaluate): readonly Part[] | 'break' {
  const parts: Part[] = [];
  for (const part of partsOf(key)) {
    const uniform = uniformOf(context, part);
    const read = uniform === null ? evaluate(context, part) : [];
    if (read === 'break') return 'break';
    if (uniform !== null) parts.push({ uniform });
    else if (isGap(read)) parts.push(read);
    else parts.push(...read.map((value) => ({ value })));
  }
  return parts;
}

/** What an element of that key is called by; nothing where a part is not known. A port that was drawn is no other's, whatever number stands for it. */
export function namesOf(parts: readonly Part[]): readonly Value[] | undefined {
  const names = parts.flatMap((part) => {
    if ('value' in part) return [part.value];
    return 'uniform' in part && part.uniform.shown !== undefined ? [`drawn ${part.uniform.shown}`] : [];
  });
  return names.length === parts.length ? names : undefined;
}
