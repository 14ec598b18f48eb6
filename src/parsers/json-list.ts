import { readJson } from './document.ts';
import type { Input, Problem } from './format.ts';

/** The members of the list that a JSON text is, or the problem that it is none. Empty text is an empty list, as iproute2 prints it. */
export function jsonList(input: Input): { readonly members: readonly unknown[]; readonly problems: readonly Problem[] } {
  if (input.text.trim() === '') return { members: [], problems: [] };
  const read = readJson(input.text.trimStart());
  const line = 1 + (/^\s*/.exec(input.text)?.[0].split('\n').length ?? 1) - 1;
  if ('why' in read) return { members: [], problems: [{ line, why: read.why }] };
  if (!Array.isArray(read.value)) return { members: [], problems: [{ line, why: 'not a JSON list' }] };
  return { members: read.value, problems: [] };
}

/** How surely a text is a JSON list whose first object with members has these names. */
export function jsonHead(head: string, ...names: readonly string[]): number {
  const text = head.trimStart();
  if (!text.startsWith('[')) return 0;
  return names.every((name) => text.includes(`"${name}"`)) ? 0.95 : 0;
}
