import type { NftExpression, NftNat } from '#facts/nft/nft';
import { fromBits, toBits, parseIp } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Rewrite } from '../iptables/effect.ts';
import { mappedTo } from '../nat/range.ts';
import { gapOf, type NftContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import { found } from './set.ts';
import { isGap } from './value.ts';

const WHAT = { dnat: 'destination', redirect: 'destination', snat: 'source', masquerade: 'source' } as const;

/** What a NAT statement asks for (net/netfilter/nft_nat.c, nft_masq.c, nft_redir.c); `break` where its map has nothing for the packet. */
export function rewriteOf(context: NftContext, { kind, family, address, port, flags }: NftNat): Rewrite | 'break' | { readonly gap: Gap } {
  if (family !== null && family !== (context.family === 4 ? 'ip' : 'ip6')) return 'break';
  const target = address === null ? null : constant(context, address);
  const own = port === null ? null : constant(context, port);
  if (target === 'break' || own === 'break') return 'break';
  if (target !== null && isGap(target)) return target;
  if (own !== null && isGap(own)) return own;
  const [where, mapped] = target ?? [];
  const addresses = where === undefined ? [] : [where];
  const ports = own?.[0] ?? mapped ?? null;
  const what = WHAT[kind];
  const how = { random: flags.includes('random') || flags.includes('fully-random'), persistent: flags.includes('persistent') };
  if (kind === 'masquerade' || kind === 'redirect') return { what, to: kind, addresses: [], ports, ...how };
  if (addresses.length === 0 || !flags.includes('netmap'))
    return { what, to: addresses.length === 0 ? 'same' : 'addresses', addresses, ports, ...how };
  const rewrite: Rewrite = { what, to: 'mapped', addresses, ports, ...how };
  return isOnStack(context, rewrite) ? gapOf(context, ON_STACK) : rewrite;
}

const ON_STACK =
  'a prefix that leads to where the packet goes already: whether that counts as NAT depends on what stood on the stack of the kernel';

/**
 * What stands behind the four bytes of the mapped address is whatever the stack held, unless the kernel was built to clear it
 * (CONFIG_INIT_STACK_ALL_ZERO): then the tuple is another one, though the address is the same (nft_nat_setup_netmap, nf_nat_setup_info). The
 * source of a connection that is within the range is kept before that is looked at (get_unique_tuple).
 */
const isOnStack = ({ family, packet }: NftContext, rewrite: Rewrite): boolean =>
  family === 4 && rewrite.what === 'destination' && mappedTo(rewrite, packet.destination) === packet.destination;

type Constant = readonly string[] | 'break' | { readonly gap: Gap };

/** An address or port as NAT takes it: `10.0.0.1`, `10.0.0.1-10.0.0.9`, `80-90`; of a map that holds both, both. */
export function constant(context: NftContext, expression: NftExpression): Constant {
  if (typeof expression !== 'object') return [String(expression)];
  switch (expression.is) {
    case 'range':
      return [`${expression.from}-${expression.to}`];
    case 'prefix':
      return [spanOf(String(expression.of), expression.length)];
    case 'concat':
      return parts(context, expression.parts);
    case 'map': {
      const entry = found(context, expression.key, expression.data, evaluate);
      if (entry === 'break' || isGap(entry)) return entry;
      return entry.data === null ? 'break' : constant(context, entry.data);
    }
    default:
      return read(context, expression);
  }
}

function parts(context: NftContext, of: readonly NftExpression[]): Constant {
  const texts: string[] = [];
  for (const part of of) {
    const own = constant(context, part);
    if (own === 'break' || isGap(own)) return own;
    texts.push(...own);
  }
  return texts;
}

/** All addresses of a prefix. */
function spanOf(text: string, length: number): string {
  const address = parseIp(text);
  if (address === undefined) return text;
  const family = address.includes(':') ? 6 : 4;
  const free = BigInt((family === 4 ? 32 : 128) - length);
  const first = (toBits(address) >> free) << free;
  return `${fromBits(first, family)}-${fromBits(first + (1n << free) - 1n, family)}`;
}

/** A target that is read from the packet itself. */
function read(context: NftContext, expression: NftExpression): Constant {
  const values = evaluate(context, expression);
  if (values === 'break' || isGap(values)) return values;
  const isAddress = typeof expression === 'object' && expression.is === 'payload' && /addr$/.test(expression.field);
  const [value] = values;
  if (typeof value !== 'bigint') return gapOf(context, 'NAT to a name');
  return [isAddress ? fromBits(value, context.family) : String(value)];
}
