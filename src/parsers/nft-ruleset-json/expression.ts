import type { NftElement, NftExpression, NftVerdict } from '#facts/nft/nft';
import { listAt, member, numberAt, textAt } from '../document.ts';
import { constantOf } from '../nft-ruleset/constants.ts';
import { joined } from '../nft-ruleset/expression.ts';
import { NotUnderstood } from '../nft-ruleset/tokens.ts';
import { plainVerdict } from '../nft-ruleset/verdict.ts';
import { selectorOf } from './selector.ts';

/** Deeper nesting than this is no rule of anybody's. */
const DEEPEST = 40;

/** The only member of an object: what it is and how. */
export function onlyMember(value: unknown): readonly [name: string, body: unknown] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotUnderstood('not an object of nft');
  const [entry] = Object.entries(value);
  if (entry === undefined) throw new NotUnderstood('an empty object');
  return entry;
}

/** An expression (libnftables-json(5), EXPRESSIONS). */
export function expressionOf(value: unknown, depth = 0): NftExpression {
  if (depth > DEEPEST) throw new NotUnderstood('nested too deeply');
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.startsWith('@') ? { is: 'named', set: value.slice(1) } : constantOf(value);
  if (Array.isArray(value)) return { is: 'list', values: value.map(bitOf) };
  const [name, body] = onlyMember(value);
  const inner = (part: unknown): NftExpression => expressionOf(part, depth + 1);
  return composed(name, body, inner) ?? verdictIn(name, body) ?? selectorOf(name, body, inner);
}

function bitOf(value: unknown): string | number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return constantOf(value);
  throw new NotUnderstood('a list of what is no constant');
}

const OPS: Readonly<Record<string, Extract<NftExpression, { is: 'binary' }>['op']>> = {
  '&': '&',
  '|': '|',
  '^': '^',
  '<<': '<<',
  '>>': '>>',
};

type Read = (value: unknown) => NftExpression;

function composed(name: string, body: unknown, inner: Read): NftExpression | undefined {
  if (Object.hasOwn(OPS, name)) return binary(name, body, inner);
  switch (name) {
    case 'concat':
      return { is: 'concat', parts: listOf(body).map(inner) };
    case 'set':
      return { is: 'set', elements: listOf(body).map((one) => elementOf(one, inner)) };
    case 'prefix':
      return { is: 'prefix', of: bitOf(member(body, 'addr')), length: numberAt(body, 'len') ?? fail('prefix') };
    case 'range': {
      const [from, to] = listOf(body);
      return { is: 'range', from: bitOf(from), to: bitOf(to) };
    }
    case 'map':
      return { is: 'map', key: inner(member(body, 'key')), data: inner(member(body, 'data')) };
    default:
      return undefined;
  }
}

function binary(name: string, body: unknown, inner: Read): NftExpression {
  const [first, ...others] = listOf(body).map(inner);
  if (first === undefined) throw new NotUnderstood(`nothing to ${name}`);
  return others.reduce((left, right) => joined(OPS[name] ?? fail(name), left, right), first);
}

const fail = (what: string): never => {
  throw new NotUnderstood(`not understood: ${what}`);
};

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new NotUnderstood('a list expected');
  return value;
}

const PLAIN: ReadonlySet<string> = new Set(['accept', 'drop', 'continue', 'return']);

/** A verdict, as a statement or as the data of a map. */
export function verdictIn(name: string, body: unknown): NftVerdict | undefined {
  if (PLAIN.has(name)) return plainVerdict(name as NftVerdict['verdict']);
  if (name !== 'jump' && name !== 'goto') return undefined;
  return { is: 'verdict', verdict: name, chain: textAt(body, 'target') ?? fail(name) };
}

/** An element of a set, or a pair of a map. */
export function elementOf(value: unknown, inner: Read = expressionOf): NftElement {
  const [key, data] = Array.isArray(value) && !isBits(value) ? value : [value, null];
  const limits =
    ['limit', 'quota', 'ct count'].some((name) => member(key, 'elem', name) !== undefined) || hasLimit(member(key, 'elem', 'stmt'));
  const own = member(key, 'elem', 'val');
  const expires = numberAt(member(key, 'elem'), 'expires');
  return {
    key: inner(own ?? key),
    data: data === null ? null : inner(data),
    ...(limits ? { limited: true } : {}),
    ...(expires === undefined ? {} : { expiresSeconds: expires }),
  };
}

/** A list of names is one value, a pair whose second part is data is not. */
const isBits = (value: readonly unknown[]): boolean => value.length !== 2;

const hasLimit = (statements: unknown): boolean =>
  Array.isArray(statements) && statements.some((one) => member(one, 'limit') ?? member(one, 'quota') ?? member(one, 'ct count'));

/** The list of a member, empty where it is missing; one value alone is a list of it. */
export function valuesAt(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name);
  return listAt(value, name) ?? (found === undefined || found === null ? [] : [found]);
}
