import type { MatchOp, NftExpression, NftStatement } from '#facts/nft/nft';
import { type Connection, isExpected, natDone } from '../conntrack/connection.ts';
import { gapOf, type NftContext } from './context.ts';
import { type DataType, typesOf } from './data-type.ts';
import { evaluate } from './evaluate.ts';
import { found } from './set.ts';
import { type Bounds, boundOf, boundsOf, isWithin } from './set-index.ts';
import { type Uniform, uniformOf } from './uniform.ts';
import { type Answer, isGap, type Read, type Value } from './value.ts';

type Match = Extract<NftStatement, { does: 'match' }>;

/** Whether a comparison holds for the packet (net/netfilter/nft_cmp.c, nft_range.c, nft_lookup.c). */
export function matches(context: NftContext, match: Match): Answer {
  const answer = asked(context, match);
  const connection = context.track?.connection ?? null;
  if (!isGap(answer) || connection === null) return answer;
  // other bits of its status are known all the same
  const { assured } = connection;
  const ways = bothWays(assured === undefined ? false : assured).flatMap((one) =>
    bothWays(isExpected(connection)).flatMap((other) => natWays(connection).map((done) => ({ assured: one, expected: other, ...done }))),
  );
  if (ways.length === 1) return answer;
  const [first, ...others] = ways.map((way) => {
    Object.assign(connection, way);
    return asked(context, match);
  });
  if (assured === undefined) delete connection.assured;
  else connection.assured = assured;
  delete connection.expected;
  delete connection.natDone;
  return first !== undefined && others.every((one) => one === first) ? first : answer;
}

const bothWays = (told: boolean | null): readonly boolean[] => (told === null ? [true, false] : [told]);

/** What the hooks of NAT may have left of it: a null binding of either end. */
function natWays(connection: Connection): readonly Pick<Connection, 'natDone'>[] {
  if (natDone(connection) !== null) return [{}];
  return bothWays(null).flatMap((source) => bothWays(null).map((destination) => ({ natDone: { source, destination } })));
}

function asked(context: NftContext, { op, left, right }: Match): Answer {
  if (isSet(right)) return inSet(context, op, left, right);
  const types = typesOf(left, context.family);
  const uniform = uniformOf(context, left);
  if (uniform !== null) return chance(context, uniform, op, right);
  const read = evaluate(context, left);
  if (read === 'break') return false;
  if (isGap(read)) return read;
  if (typeof right === 'boolean') return present(read) === (op === '!=' ? !right : right);
  return compared(context, op, read, right, types);
}

const isSet = (right: NftExpression): boolean => typeof right === 'object' && (right.is === 'set' || right.is === 'named');

function inSet(context: NftContext, op: MatchOp, left: NftExpression, right: NftExpression): Answer {
  const entry = found(context, left, right, evaluate);
  if (entry !== 'break' && 'gap' in entry) return entry;
  const isThere = entry !== 'break';
  if (op !== '!=') return isThere;
  // a field that the packet has not is in no set, and not out of it either
  return !isThere && evaluateExists(context, left);
}

const evaluateExists = (context: NftContext, left: NftExpression): boolean =>
  uniformOf(context, left) !== null || evaluate(context, left) !== 'break';

/** What a lookup found is there unless it is nothing: no device, no name. */
const present = ([value]: readonly Value[]): boolean => value !== 0n && value !== '';

function compared(context: NftContext, op: MatchOp, read: readonly Value[], right: NftExpression, types: readonly DataType[]): Answer {
  const bounds = typeof right === 'object' && right.is === 'binary' ? constantOf(context, right, types[0]) : boundsOf(right, types);
  const [value] = read;
  const [bound] = bounds ?? [];
  if (bounds === undefined || bound === undefined || value === undefined)
    return gapOf(context, `not understood: ${JSON.stringify(right)?.slice(0, 80)}`);
  if (bounds.some(isTurned)) return turned(context, right);
  switch (op) {
    case '==':
      return bounds.every((own, at) => isWithin(own, read[at]));
    case '!=':
      return !bounds.every((own, at) => isWithin(own, read[at]));
    case 'in':
      return isNumber(value) && bound.is === 'range' && isNumber(bound.from) ? (value & bound.from) !== 0n : isWithin(bound, value);
    case '!':
      return isNumber(value) && bound.is === 'range' && isNumber(bound.from) && (value & bound.from) === 0n;
    default:
      return ordered(context, op, value, bound);
  }
}

/** nft 1.0.6 lists `tcp dport < 80 ip ttl > 45` as `ip ttl != 80-45`, and `>=` with `<=` as a range: where it ends before it begins, that is seen. */
const isTurned = (bound: Bounds): boolean => bound.is === 'range' && isNumber(bound.from) && isNumber(bound.to) && bound.from > bound.to;

const turned = (context: NftContext, right: NftExpression): Answer =>
  gapOf(
    context,
    `a range that ends before it begins, as nft lists two conditions in a row: what the first one asks is not told: ${JSON.stringify(right)?.slice(0, 80)}`,
  );

const isNumber = (value: Value): value is bigint => typeof value === 'bigint';

/** A constant that is put together: `(syn | 0x1) ^ 0x2`. */
function constantOf(context: NftContext, right: NftExpression, type: DataType | undefined): readonly Bounds[] | undefined {
  const read: Read = evaluate(context, right, type);
  const value = read === 'break' || isGap(read) ? undefined : read[0];
  return value === undefined ? undefined : [{ is: 'range', from: value, to: value }];
}

function ordered(context: NftContext, op: '<' | '>' | '<=' | '>=', value: Value, bound: Bounds): Answer {
  if (!isNumber(value) || bound.is !== 'range' || !isNumber(bound.from)) return gapOf(context, `names have no order (${op})`);
  if (op === '<') return value < bound.from;
  if (op === '>') return value > bound.from;
  return op === '<=' ? value <= bound.from : value >= bound.from;
}

const INTEGER: DataType = { name: 'integer', bits: 32 };

/** How likely a number that is chance fits. */
function chance(context: NftContext, { offset, modulus }: Uniform, op: MatchOp, right: NftExpression): Answer {
  const bound = boundOf(right, INTEGER);
  if (bound?.is !== 'range' || typeof bound.from !== 'bigint' || typeof bound.to !== 'bigint')
    return gapOf(context, 'chance compared with what is no number');
  if (isTurned(bound)) return turned(context, right);
  const [from, to] = [Number(bound.from) - offset, Number(bound.to) - offset];
  const [low, high] = SPANS[op]?.(from, to, modulus) ?? [0, -1];
  const many = Math.max(0, Math.min(high, modulus - 1) - Math.max(low, 0) + 1);
  const probability = op === '!=' ? 1 - many / modulus : many / modulus;
  return probability <= 0 ? false : probability >= 1 ? true : { probability };
}

type Span = (from: number, to: number, modulus: number) => readonly [number, number];

const SPANS: Readonly<Partial<Record<MatchOp, Span>>> = {
  '==': (from, to) => [from, to],
  in: (from, to) => [from, to],
  '!=': (from, to) => [from, to],
  '<': (from) => [0, from - 1],
  '<=': (from) => [0, from],
  '>': (from, _, modulus) => [from + 1, modulus - 1],
  '>=': (from, _, modulus) => [from, modulus - 1],
};
