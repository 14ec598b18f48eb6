import { entryOf } from '#net/entry';

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** One requirement of a label selector; an operator that the API does not know keeps its word. */
export type LabelRequirement = {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | { readonly unknown: string };
  readonly values: readonly string[];
};

/** A LabelSelector of the Kubernetes API; without requirements it selects everything. */
export type LabelSelector = { readonly matchLabels: Labels; readonly matchExpressions: readonly LabelRequirement[] };

/** Whether a selector selects an object by its labels; `undefined` where a requirement is not understood and decides. */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean | undefined {
  for (const [key, value] of Object.entries(matchLabels)) if (labelOf(labels, key) !== value) return false;
  const met = matchExpressions.map((requirement) => meets(requirement, labelOf(labels, requirement.key)));
  return met.includes(false) ? false : met.includes(undefined) ? undefined : true;
}

/** `NotIn` and `DoesNotExist` hold for an object without the label (apimachinery pkg/labels, Requirement.Matches). */
function meets({ operator, values }: LabelRequirement, value: string | undefined): boolean | undefined {
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (operator === 'Exists') return value !== undefined;
  return operator === 'DoesNotExist' ? value === undefined : undefined;
}

/** A label's value; `toString` and its like are no labels. */
export const labelOf = (labels: Labels, key: string): string | undefined => entryOf(labels, key);

/** The selector as a person writes it: `app=web,tier in (a,b),!old`; `everything` where it asks nothing. */
export function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      const word = operator === 'In' ? 'in' : operator === 'NotIn' ? 'notin' : operator.unknown;
      return `${key} ${word} (${values.join()})`;
    }),
  ];
  return parts.length === 0 ? 'everything' : parts.join();
}
