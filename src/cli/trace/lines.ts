import type { Asked } from './flow.ts';

/**
 * One line of a file of flows: a flow, a packet header by header, captures to open, or why it cannot be read. Its id is given
 * back with the answer.
 */
export type FlowLine = { readonly id: unknown } & (
  | { readonly asked: Asked }
  | { readonly packet: object }
  | { readonly open: readonly string[] }
  | { readonly error: string }
);

const TEXTS = ['from', 'to', 'proto', 'at'] as const;
const NUMBERS = ['port', 'sport', 'size'] as const;

/** Reads one JSON line: `id, from, to, at, port, proto, sport, size, df`, or `id, from, packet, after`, or `open`. */
export function flowLine(line: string, number: number): FlowLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { id: null, error: `line ${number} is no JSON` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { id: null, error: `line ${number} is no object` };
  const fields = new Map<string, unknown>(Object.entries(value));
  const id = fields.get('id') ?? null;
  if (fields.has('packet')) return { id, packet: value };
  if (fields.has('open')) {
    const open = fields.get('open');
    return isTexts(open) ? { id, open } : { id, error: `line ${number}: open is no list of paths` };
  }
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

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');
