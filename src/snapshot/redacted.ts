/** What stands where a secret stood, in everything that was captured. */
export const REDACTED = '[redacted]';

/** Whether something was taken out of a text: written anywhere, it would put these words in the secret's place. */
export const isRedacted = (text: string): boolean => text.includes(REDACTED);

/** Whether what is here now is what was captured, a text or nothing: where a secret was taken out of that, anything may stand. */
export function saysSame(captured: string | null, now: string | null): boolean {
  if (captured === null || now === null) return captured === now;
  const [first = '', ...rest] = captured.split(REDACTED);
  const last = rest.pop();
  if (last === undefined) return captured === now;
  if (!now.startsWith(first) || !now.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = now.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at + last.length <= now.length;
}
