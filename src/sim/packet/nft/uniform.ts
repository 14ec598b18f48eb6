import type { NftExpression } from '#facts/nft/nft';
import type { NftContext } from './context.ts';

/** A number that every value of `offset … offset + modulus - 1` is equally likely to be. */
export type Uniform = { readonly of: string; readonly modulus: number; readonly offset: number; readonly perFlow: boolean };

/** What of an expression is chance: generators, and hashes whose seed or key nobody knows (nft_numgen.c, nft_hash.c). */
export function uniformOf(context: NftContext, expression: NftExpression): Uniform | null {
  if (typeof expression !== 'object') return null;
  switch (expression.is) {
    case 'numgen':
      return { of: `numgen ${expression.mode}`, modulus: expression.modulus, offset: expression.offset, perFlow: false };
    case 'hash':
      if (expression.of !== null && expression.seed !== null) return null;
      return { of: 'hash', modulus: expression.modulus, offset: expression.offset, perFlow: true };
    case 'meta':
      return expression.key === 'random' ? { of: 'random', modulus: 2 ** 32, offset: 0, perFlow: false } : null;
    case 'payload':
      return drawnPort(context, expression);
    case 'binary':
      return masked(context, expression);
    default:
      return null;
  }
}

/** A port that was drawn on the way. */
export function drawnPort({ packet }: NftContext, expression: NftExpression): Uniform | null {
  if (packet.drawn === undefined || typeof expression !== 'object' || expression.is !== 'payload') return null;
  const { protocol, field } = expression;
  if (protocol !== 'th' && protocol !== packet.protocol) return null;
  const range = field === 'sport' ? packet.drawn.source : field === 'dport' ? packet.drawn.destination : undefined;
  return range === undefined ? null : { of: 'drawn port', modulus: range[1] - range[0] + 1, offset: range[0], perFlow: true };
}

/** `meta random & 0x7fffffff` is as even as what it masks. */
function masked(context: NftContext, { op, left, right }: Extract<NftExpression, { is: 'binary' }>): Uniform | null {
  const inner = uniformOf(context, left);
  if (inner === null || op !== '&' || typeof right !== 'number' || inner.offset !== 0) return null;
  const modulus = right + 1;
  const isLow = Number.isInteger(Math.log2(modulus));
  return isLow && inner.modulus % modulus === 0 ? { ...inner, modulus } : null;
}
