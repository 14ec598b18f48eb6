import type { NftExpression, NftRule } from '#facts/nft/nft';
import { baseOf, type Cidr, cidrOf, contains, lastAddress } from '#net/cidr';
import { bitsOf, fromBits, type Family, toBits } from '#net/ip';
import { rangesOf, type ServicePort } from '../service-port.ts';
import type { Settings } from './settings.ts';
import { type Constant, nftRule, plain, prefix, verdict, where } from './written.ts';

type Span = { readonly from: bigint; readonly to: bigint };

/** The rule that drops who is in no source range; a node that is in one may come from the balancer's own address too. */
export function keptOut(port: ServicePort, { family, headers, nodeAddress }: Settings): NftRule | null {
  const ranges = rangesOf(port);
  if (ranges.length === 0) return null;
  const isNodeIn = nodeAddress !== null && ranges.some((range) => contains(range, nodeAddress));
  const own = isNodeIn ? port.balancers.map(({ address }) => cidrOf(address, bitsOf(family))) : [];
  const all = merged([...ranges, ...own]).map((span) => spanned(span, family));
  const [only] = all;
  const asked = all.length === 1 && only !== undefined ? only : setOf(all);
  return nftRule([where(headers, 'saddr', asked, true), verdict('drop')]);
}

/** nft joins what lies in or beside each other, and lists it in its order. */
function merged(ranges: readonly Cidr[]): readonly Span[] {
  const spans = ranges.map((range): Span => ({ from: toBits(baseOf(range)), to: toBits(lastAddress(range)) }));
  const joined: Span[] = [];
  for (const span of spans.toSorted((one, other) => (one.from < other.from ? -1 : 1))) {
    const last = joined.at(-1);
    if (last === undefined || span.from > last.to + 1n) joined.push(span);
    else if (span.to > last.to) joined.splice(-1, 1, { from: last.from, to: span.to });
  }
  return joined;
}

/** As a prefix where it is one. */
function spanned({ from, to }: Span, family: Family): Constant {
  const [first, last] = [fromBits(from, family), fromBits(to, family)];
  if (from === to) return plain(first);
  const length = bitsOf(family) - (to - from + 1n).toString(2).length + 1;
  const whole = cidrOf(first, length);
  if (baseOf(whole) === first && lastAddress(whole) === last) return prefix(whole);
  return { text: `${first}-${last}`, is: { is: 'range', from: first, to: last } };
}

const setOf = (all: readonly Constant[]): Constant => ({
  text: `{ ${all.map(({ text }) => text).join(', ')} }`,
  is: { is: 'set', elements: all.map(({ is }): { readonly key: NftExpression; readonly data: null } => ({ key: is, data: null })) },
});
