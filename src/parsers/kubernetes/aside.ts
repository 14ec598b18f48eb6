/** A warning of the API server, or a klog line of kubectl's own, among what was asked for. */
export const ASIDE = /^(?:Warning: |[IWEF]\d{4} \d\d:\d\d:\d\d\.)/;

const LONGEST = 20;

/** A text without the warnings, comments and empty lines before it. */
export function withoutAsides(text: string): string {
  let at = 0;
  while (/^[#\r\n]/.test(text.charAt(at)) || ASIDE.test(text.slice(at, at + LONGEST))) {
    const end = text.indexOf('\n', at);
    if (end < 0) return '';
    at = end + 1;
  }
  return at === 0 ? text : text.slice(at);
}
