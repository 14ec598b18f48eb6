import { linesOf } from './lines.ts';

/** One `NAME=value` line of an environment file, quotes taken off. */
export type Assignment = { readonly name: string; readonly value: string; readonly line: number };

/** The assignments of an environment file as systemd and sh read it; other lines by their number. */
export function assignmentsOf(text: string): { readonly assignments: readonly Assignment[]; readonly others: readonly number[] } {
  const assignments: Assignment[] = [];
  const others: number[] = [];
  for (const [index, line] of linesOf(text).entries()) {
    const trimmed = line.trim().replace(/^export +/, '');
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const equals = trimmed.indexOf('=');
    const name = trimmed.slice(0, Math.max(0, equals)).trim();
    if (/^[A-Za-z_]\w*$/.test(name)) assignments.push({ name, value: unquoted(trimmed.slice(equals + 1).trim()), line: index + 1 });
    else others.push(index + 1);
  }
  return { assignments, others };
}

function unquoted(text: string): string {
  const quote = text[0];
  return (quote === '"' || quote === "'") && text.length > 1 && text.endsWith(quote) ? text.slice(1, -1) : text;
}
