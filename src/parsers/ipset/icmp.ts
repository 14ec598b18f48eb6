import { ICMP6_NAMES, ICMP_NAMES } from '#net/icmp-names';
import { entryOf } from '#net/entry';

/** An ICMP type and code as ipset keeps them: type·256+code. */
export function icmpNumber(text: string, family: 4 | 6): number | undefined {
  const [, type, code] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  if (type !== undefined && code !== undefined)
    return Number(type) <= 255 && Number(code) <= 255 ? Number(type) * 256 + Number(code) : undefined;
  const names = family === 4 ? ICMP_NAMES : ICMP6_NAMES;
  const named = entryOf(names, text);
  return named === undefined ? undefined : named[0] * 256 + (named[1] ?? 0);
}
