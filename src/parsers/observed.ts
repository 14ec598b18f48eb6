import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';

export type Observation = FactOf<'observation'>;

/** What the words of an error mean: an answer of the peer's stack, an error from on the way or from here, nothing at all. */
export function outcomeOf(words: string): Observation['outcome'] | undefined {
  if (/connection refused|connection reset|reset by peer|\bRST\b/i.test(words)) return 'refused';
  if (
    /unreachable|no route to host|prohibited|message too long|frag(?:mentation)? needed|not permitted|time to live exceeded|network is down|packet filtered/i.test(
      words,
    )
  ) {
    return 'unreachable';
  }
  if (/timed out|timeout|no servers could be reached/i.test(words)) return 'silent';
  return undefined;
}

/** An address in canonical form, or the name as written. */
export const target = (text: string): Observation['to'] => parseIp(text.replace(/^\[|\]$/g, '')) ?? text.slice(0, 253);

/** What no probe but ping tells. */
export const NOT_COUNTED = { size: undefined, df: undefined, sent: undefined, answered: undefined } as const;

/** The words that were typed after a program's name (`timeout 3 telnet HOST 80 </dev/null`), up to a redirection or another command. */
export function typedAfter(argv: readonly string[], program: RegExp): readonly string[] {
  const words = argv.slice(argv.findIndex((word) => program.test(word)) + 1);
  const end = words.findIndex((word) => /^\d?[<>|&;]/.test(word));
  return end < 0 ? words : words.slice(0, end);
}
