/**
 * What a terminal takes for itself (ECMA-48): colours (`ip -c`, `bridge -c`, `grep --color`), and the window's title and the modes that
 * a log of `script` holds. None of them spans lines. What ends
 * bash's pasting (`?2004l`) goes back to the line's beginning too.
 */
const CONTROL = new RegExp(
  [
    '\\u001b\\[\\?2004l\\r',
    '\\u001b\\[[0-?]{0,40}[ -/]{0,4}[@-~]',
    '\\u001b\\][^\\u0007\\u001b\\n]{0,1000}(?:\\u0007|\\u001b\\\\)',
    '\\u001b[()][0-9A-Z]',
    '\\u001b[=>78]',
  ].join('|'),
  'g',
);

/** A text as it was seen on a terminal, without what steered the terminal. Lines keep their numbers. */
export const asSeen = (text: string): string => (text.includes('\u001b') ? text.replace(CONTROL, '') : text);
