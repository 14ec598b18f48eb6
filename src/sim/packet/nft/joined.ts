import type { NftRule, NftStatement } from '#facts/nft/nft';
import { memoised } from '#dataplane/memo';
import { gapOf, type NftContext } from './context.ts';
import { matches } from './match.ts';
import type { Answer } from './value.ts';

type Match = Extract<NftStatement, { does: 'match' }>;

/** Comparisons that may be one in the kernel. */
export type Joined = { readonly does: 'joined'; readonly all: readonly Match[] };

/** A statement as it is run. */
export type Step = NftStatement | Joined;

/** Where fields stand in their header, and how long they are, in bits. */
const PLACES: Readonly<Record<string, readonly [at: number, bits: number]>> = {
  'ether daddr': [0, 48],
  'ether saddr': [48, 48],
  'ether type': [96, 16],
  'ip length': [16, 16],
  'ip id': [32, 16],
  'ip ttl': [64, 8],
  'ip protocol': [72, 8],
  'ip checksum': [80, 16],
  'ip6 length': [32, 16],
  'ip6 nexthdr': [48, 8],
  'ip6 hoplimit': [56, 8],
  'icmp type': [0, 8],
  'icmp code': [8, 8],
  'icmp checksum': [16, 16],
  'icmpv6 type': [0, 8],
  'icmpv6 code': [8, 8],
  'icmpv6 checksum': [16, 16],
  'udp length': [32, 16],
  'udp checksum': [48, 16],
  ...Object.fromEntries(
    ['tcp', 'udp', 'sctp', 'th'].flatMap((protocol) => [
      [`${protocol} sport`, [0, 16]],
      [`${protocol} dport`, [16, 16]],
    ]),
  ),
};

/** So many bits are loaded as fast in one as in two; an Ethernet header's fields are joined whatever their length. */
const MOST = 32;

type Place = { readonly protocol: string; readonly from: number; readonly until: number };

function placeOf(statement: Step): Place | undefined {
  if (statement.does !== 'match' || statement.op !== '!=' || typeof statement.right === 'object') return undefined;
  const { left } = statement;
  if (typeof left !== 'object' || left.is !== 'payload') return undefined;
  const [from, bits] = PLACES[`${left.protocol} ${left.field}`] ?? [];
  return from === undefined || bits === undefined ? undefined : { protocol: left.protocol, from, until: from + bits };
}

/** A rule's statements; where neighbouring fields are said to differ they stand together. */
export const stepsOf = memoised(({ statements }: NftRule): readonly Step[] => {
  const steps: Step[] = [];
  let open: Place | undefined;
  for (const statement of statements) {
    const place = placeOf(statement);
    const last = steps.at(-1);
    const isNext = open !== undefined && place !== undefined && open.protocol === place.protocol && open.until === place.from;
    if (isNext && statement.does === 'match' && (open?.protocol === 'ether' || (place?.until ?? 0) - (open?.from ?? 0) <= MOST)) {
      const before = last?.does === 'joined' ? last.all : last?.does === 'match' ? [last] : [];
      steps.splice(-1, 1, { does: 'joined', all: [...before, statement] });
      open = { protocol: place?.protocol ?? '', from: open?.from ?? 0, until: place?.until ?? 0 };
    } else {
      steps.push(statement);
      open = place;
    }
  }
  return steps;
});

/**
 * Whether comparisons hold of which no listing tells how they were loaded. nft (seen of 1.0.6, src/payload.c payload_try_merge) makes
 * `tcp sport != 80 tcp dport != 90` one comparison of both ports, which holds as soon as one of them differs, and lists it as two.
 */
export function heldTogether(context: NftContext, { all }: Joined): Answer {
  const answers = all.map((one) => matches(context, one));
  const [first] = answers;
  if (first !== undefined && answers.every((one) => one === first)) return first;
  const unknown = answers.find((one) => typeof one === 'object' && 'gap' in one);
  return unknown ?? gapOf(context, 'whether nft made one comparison of neighbouring fields is not told', 'not told');
}
