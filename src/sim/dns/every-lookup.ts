import { type Choice, enumerate } from '#sim/clock/choice';
import { glibcLookup } from './glibc/glibc.ts';
import type { LookupResult, Question } from './lookup.ts';

/** One thing that a lookup can come to, with its weight and the choices that lead there. */
export type LookupBranch = { readonly lookup: LookupResult; readonly choices: readonly Choice[]; readonly probability: number | null };

/** All that a lookup can come to: kube-proxy's rules and the like choose once for each source port, so once for a lookup. */
export function everyLookup(question: Question): { readonly branches: readonly LookupBranch[]; readonly complete: boolean } {
  const { branches, complete } = enumerate((chooser) => glibcLookup(question, chooser));
  return { branches: branches.map(({ result, choices, probability }) => ({ lookup: result, choices, probability })), complete };
}
