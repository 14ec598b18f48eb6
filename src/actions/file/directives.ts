/** The directives of a unit file or drop-in, `Section.Name` → values in order; an empty value resets what came before. */
export function directivesIn(text: string): ReadonlyMap<string, readonly string[]> {
  const directives = new Map<string, string[]>();
  let section = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const [, name, value = ''] = /^([A-Za-z]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || header !== undefined) continue;
    const key = `${section}.${name}`;
    directives.set(key, [...(directives.get(key) ?? []), value]);
  }
  return directives;
}
