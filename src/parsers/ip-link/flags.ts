/** The flags that busybox has no name for (include/uapi/linux/if.h). */
const NAMES: readonly (readonly [number, string])[] = [
  [0x20, 'NOTRAILERS'],
  [0x100, 'PROMISC'],
  [0x200, 'ALLMULTI'],
];

/** The flags between `<` and `>`. busybox appends those that it does not know as one hexadecimal number: `LOWER_UP100`. */
export function flagsOf(text: string): readonly string[] {
  const flags = text.split(',');
  const last = /^([A-Z_-]*)([0-9a-f]{1,8})$/.exec(flags.at(-1) ?? '');
  if (last === null) return flags;
  const rest = Number.parseInt(last[2] ?? '0', 16);
  return [...flags.slice(0, -1), last[1] ?? '', ...NAMES.filter(([bit]) => (rest & bit) !== 0).map(([, name]) => name)];
}
