import type { NftRule, NftStatement } from '#facts/nft/nft';
import { handleIn, withoutShown } from '#facts/nft/rule-text';
import type { Origin } from '#snapshot/origin';
import { withUntoldReject } from './reject.ts';
import { type Notes, readStatement } from './statement.ts';
import { NotUnderstood, tokensOf, Words } from './tokens.ts';

/** A rule, and why it is not understood as a whole. */
export type ReadRule = { readonly rule: NftRule; readonly problem: string | null };

/** A line of a chain. What is not understood ends it: the rest is kept as written. */
export function readRule(line: string, origin: Origin): ReadRule {
  const { text, handle } = handleIn(line);
  const words = new Words(tokensOf(text));
  const statements: NftStatement[] = [];
  const notes: Notes = { comment: null, counters: null };
  let problem: string | null = null;
  while (!words.isDone) {
    const left = words.left;
    try {
      const statement = readStatement(words, notes);
      if (statement !== null) statements.push(statement);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      words.left = left;
      problem = error.message;
      statements.push({ does: 'unknown', text: words.rest() });
    }
  }
  return { rule: { origin, text: withoutShown(text), handle, statements: withUntoldReject(statements), ...notes }, problem };
}
