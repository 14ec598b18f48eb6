import { UsageError } from '../command.ts';
import type { Asked } from './flow.ts';

/** One line of a file of flows: what it asks, or why it cannot be read. Its id is given back with the answer. */
export type FlowLine = { readonly id: unknown; readonly asked: Asked } | { readonly id: unknown; readonly error: string };

const TEXTS = ['from', 'to', 'proto'] as const;
const NUMBERS = ['port', 'sport', 'size'] as const;

/** Reads JSON lines (`id, from, to, port, proto, sport, size, df`); empty lines are passed over. */
export function flowLines(text: string): readonly FlowLine[] {
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [lineOf(line, index + 1)]));
}

function lineOf(line: string, number: number): FlowLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { id: null, error: `line ${number} is no JSON` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { id: null, error: `line ${number} is no object` };
  const fields = new Map<string, unknown>(Object.entries(value));
  const id = fields.get('id') ?? null;
  const wrong = problemIn(fields);
  if (wrong !== undefined) return { id, error: `line ${number}: ${wrong}` };
  return { id, asked: Object.fromEntries(fields) as unknown as Asked };
}

function problemIn(fields: ReadonlyMap<string, unknown>): string | undefined {
  for (const name of ['from', 'to']) if (!fields.has(name)) return `${name} is missing`;
  for (const name of TEXTS) if (fields.has(name) && typeof fields.get(name) !== 'string') return `${name} is no text`;
  for (const name of NUMBERS) if (fields.has(name) && typeof fields.get(name) !== 'number') return `${name} is no number`;
  if (fields.has('df') && typeof fields.get('df') !== 'boolean') return 'df is neither true nor false';
  return undefined;
}

/** The words of a usage error; anything else is a bug and goes on. */
export function usageText(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  throw error;
}
