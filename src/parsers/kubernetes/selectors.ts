import type { LabelRequirement, LabelSelector } from '#facts/label-selector';
import { listAt, member, textAt, textsAt } from '../document.ts';

/** A LabelSelector where there is one; an empty object is one that selects everything. */
export function selectorAt(object: unknown, ...path: readonly string[]): LabelSelector | null {
  const selector = member(object, ...path);
  if (selector === undefined || selector === null) return null;
  return {
    matchLabels: textsAt(selector, 'matchLabels') ?? {},
    matchExpressions: (listAt(selector, 'matchExpressions') ?? []).map(requirementOf),
  };
}

function requirementOf(expression: unknown): LabelRequirement {
  const operator = textAt(expression, 'operator') ?? '';
  return {
    key: textAt(expression, 'key') ?? '',
    operator: isKnown(operator) ? operator : { unknown: operator },
    values: (listAt(expression, 'values') ?? []).filter((one) => typeof one === 'string'),
  };
}

const isKnown = (word: string): word is 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' =>
  word === 'In' || word === 'NotIn' || word === 'Exists' || word === 'DoesNotExist';
