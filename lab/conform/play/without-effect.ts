/**
 * A rule's line that goes on matching and counting but does nothing: without its target, or without what stands behind its counter;
 * a policy accepts. Nothing where the line has no effect.
 */
export function withoutEffect(line: string): string | undefined {
  if (/^:\S+ DROP /.test(line)) return line.replace(' DROP ', ' ACCEPT ');
  if (/\bpolicy drop;/.test(line)) return line.replace('policy drop;', 'policy accept;');
  const [, target] = /^((?:\[\d+:\d+\] )?-A .*?) -[jg] (?!.* -[jg] )/.exec(line) ?? [];
  if (target !== undefined) return target;
  const [, counted] = /^(\t.*\bcounter packets \d+ bytes \d+) [^\s#]/.exec(line) ?? [];
  return counted;
}
