import type { MatchOp, NftExpression, NftNat, NftQuota, NftStatement } from '#facts/nft/nft';
import { booleanAt, member, numberAt, textAt } from '../document.ts';
import { bytesOf, limitOf } from '../nft-ruleset/limit.ts';
import { rejectWith } from '../nft-ruleset/reject.ts';
import { NotUnderstood } from '../nft-ruleset/tokens.ts';
import { expressionOf, onlyMember, valuesAt, verdictIn } from './expression.ts';

type Reader = (body: unknown) => NftStatement;

const READERS: Readonly<Record<string, Reader>> = {
  match: (body) => ({ does: 'match', op: opOf(textAt(body, 'op') ?? ''), ...sidesOf(body) }),
  vmap: (body) => ({ does: 'vmap', key: expressionAt(body, 'key'), data: expressionAt(body, 'data') }),
  counter: (body) => ({ does: 'counter', name: typeof body === 'string' ? body : null }),
  mangle: (body) => ({ does: 'write', to: expressionAt(body, 'key'), value: expressionAt(body, 'value') }),
  dnat: (body) => nat('dnat', body),
  snat: (body) => nat('snat', body),
  masquerade: (body) => nat('masquerade', body),
  redirect: (body) => nat('redirect', body),
  reject: (body) => ({ does: 'reject', with: body === null ? null : rejectWith(textAt(body, 'type') ?? 'icmpx', codeOf(body)) }),
  limit: (body) => (typeof body === 'string' ? { does: 'limit', what: `name ${body}` } : rateLimit(body)),
  quota: (body) => ({ does: 'quota', quota: typeof body === 'string' ? body : quotaOf(body) }),
  'ct count': (body) => ({ does: 'limit', what: `ct count ${booleanAt(body, 'inv') === true ? 'over ' : ''}${numberAt(body, 'val')}` }),
  set: (body) => element(body),
  meter: (body) => ({ does: 'element', op: 'add', set: textAt(body, 'name') ?? '', key: keyOf(body, 'key'), limited: true }),
  flow: (body) => ({ does: 'flow', table: (textAt(body, 'flowtable') ?? '').replace(/^@/, '') }),
  tproxy: (body) => ({ does: 'tproxy', family: textAt(body, 'family') ?? null, address: partAt(body, 'addr'), port: partAt(body, 'port') }),
  queue: (body) => ({ does: 'queue', range: queuesIn(body), bypass: valuesAt(body, 'flags').includes('bypass') }),
  'ct helper': (body) => ({ does: 'object', of: 'ct helper', name: String(body) }),
  'ct timeout': (body) => ({ does: 'object', of: 'ct timeout', name: String(body) }),
  'ct expectation': (body) => ({ does: 'object', of: 'ct expectation', name: String(body) }),
};

const PLAIN: ReadonlySet<string> = new Set(['log', 'notrack', 'last', 'dup', 'fwd', 'synproxy']);

/** A statement (libnftables-json(5), STATEMENTS). */
export function statementOf(value: unknown): NftStatement {
  const [name, body] = onlyMember(value);
  const verdict = verdictIn(name, body);
  if (verdict !== undefined) return { does: 'verdict', verdict };
  if (PLAIN.has(name)) return { does: name as 'log' | 'notrack' | 'last' | 'dup' | 'fwd' | 'synproxy' };
  if (!Object.hasOwn(READERS, name)) throw new NotUnderstood(`not a statement: ${name.slice(0, 40)}`);
  return (READERS[name] as Reader)(body);
}

/** `9`, or `{ "range": [1, 3] }`; what computes the number is not read. */
function queuesIn(body: unknown): readonly [number, number] | null {
  const number = body === null ? 0 : (member(body, 'num') ?? 0);
  const ends = typeof number === 'number' ? [number, number] : typeof number === 'object' ? member(number, 'range') : undefined;
  if (!Array.isArray(ends) || ends.length !== 2) return null;
  const [first, last] = ends.map(Number);
  return Number.isInteger(first) && Number.isInteger(last) ? [Number(first), Number(last)] : null;
}

const expressionAt = (body: unknown, name: string): NftExpression => expressionOf(member(body, name));

const partAt = (body: unknown, name: string): NftExpression | null => {
  const found = member(body, name);
  return found === undefined || found === null ? null : expressionOf(found);
};

const OPS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', '!']);

function opOf(text: string): MatchOp {
  if (!OPS.has(text)) throw new NotUnderstood(`not an operator: ${text.slice(0, 40)}`);
  return text as MatchOp;
}

const sidesOf = (body: unknown) => ({ left: expressionAt(body, 'left'), right: expressionAt(body, 'right') });

function nat(kind: NftNat['kind'], body: unknown): NftStatement {
  const family = textAt(body, 'family');
  const flags = valuesAt(body, 'flags')
    .filter((flag) => typeof flag === 'string')
    .sort();
  return {
    does: 'nat',
    kind,
    family: family === 'ip' || family === 'ip6' ? family : null,
    address: partAt(body, 'addr'),
    port: partAt(body, 'port'),
    flags,
  };
}

const codeOf = (body: unknown): string | number | null => textAt(body, 'expr') ?? numberAt(body, 'expr') ?? null;

function rateLimit(body: unknown): NftStatement {
  const rate = numberAt(body, 'rate');
  if (rate === undefined) throw new NotUnderstood('a limit without a rate');
  const [unit, per] = [textAt(body, 'rate_unit') ?? 'packets', textAt(body, 'per') ?? 'second'];
  return limitOf(rate, unit, per, booleanAt(body, 'inv') === true, numberAt(body, 'burst'));
}

/** A quota in a rule tells its units, a named one bytes. */
export function quotaOf(body: unknown): NftQuota {
  const over = booleanAt(body, 'inv') === true;
  const bytes = numberAt(body, 'bytes') ?? bytesOf(numberAt(body, 'val') ?? 0, textAt(body, 'val_unit') ?? 'bytes');
  return { bytes, over, used: bytesOf(numberAt(body, 'used') ?? 0, textAt(body, 'used_unit') ?? 'bytes') };
}

const keyOf = (body: unknown, name: string): NftExpression => expressionOf(member(body, name, 'elem', 'val') ?? member(body, name));

function element(body: unknown): NftStatement {
  const op = textAt(body, 'op');
  if (op !== 'add' && op !== 'update' && op !== 'delete') throw new NotUnderstood('not an operation on a set');
  const limited = valuesAt(body, 'stmt').some((one) => ['limit', 'quota', 'ct count'].some((name) => member(one, name) !== undefined));
  const seconds = numberAt(member(body, 'elem', 'elem'), 'timeout');
  const stays = seconds === undefined ? {} : { timeoutSeconds: seconds };
  return { does: 'element', op, set: (textAt(body, 'set') ?? '').replace(/^@/, ''), key: keyOf(body, 'elem'), ...stays, limited };
}
