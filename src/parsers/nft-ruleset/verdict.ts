import type { NftVerdict } from '#facts/nft/nft';
import type { Words } from './tokens.ts';

const PLAIN: ReadonlySet<string> = new Set(['accept', 'drop', 'continue', 'return']);

/** Whether a word begins a verdict. */
export const isVerdict = (word: string): boolean => PLAIN.has(word) || word === 'jump' || word === 'goto' || word === 'queue';

/** A verdict without a chain. */
export const plainVerdict = (verdict: NftVerdict['verdict']): NftVerdict => ({ is: 'verdict', verdict, chain: null });

/** `accept`, `jump services`. */
export function verdictOf(words: Words): NftVerdict {
  const verdict = words.word() as NftVerdict['verdict'];
  if (verdict !== 'jump' && verdict !== 'goto') return plainVerdict(verdict);
  return { is: 'verdict', verdict, chain: words.word() };
}
