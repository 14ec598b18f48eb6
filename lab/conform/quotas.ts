import type { Area } from './draw/construct.ts';
import type { Covered, SceneReport } from './job.ts';
import { ENOUGH as DECIDED, isToDecide, MILLION } from './score/remark.ts';

/** What so much of all packets must be, in per cent. */
export const QUOTAS: Readonly<Record<keyof SceneReport['shares'], number>> = {
  ipv6: 20,
  iptablesNft: 20,
  nativeNft: 15,
  conversations: 30,
};

/** How a quota is called where people read it. */
export const QUOTA_NAMES: Readonly<Record<keyof SceneReport['shares'], string>> = {
  ipv6: 'IPv6',
  iptablesNft: 'iptables-nft',
  nativeNft: 'native nft',
  conversations: 'in conversations of three and more',
};

/** The draw steers a little over the quotas, so that chance does not miss them. */
const OVER = 4;
/** Of fewer packets chance alone tells nothing. What is steered depends on which worker came home first: a seed draws the same until then. */
const ENOUGH = 40_000;
const NAMES = Object.keys(QUOTAS) as (keyof typeof QUOTAS)[]; // its own keys

type Counted = { readonly packets: number; readonly shares: SceneReport['shares'] };

/** The quotas that so many packets are short of. */
export const short = ({ packets, shares }: Counted, over = 0): readonly (keyof typeof QUOTAS)[] =>
  NAMES.filter((name) => 100 * shares[name] < (QUOTAS[name] + over) * packets);

/**
 * What the next scenes should be drawn with, as words that their seeds end in: `S.12+ipv6+talk`; these in any case. Those that are
 * played only to meet the quotas are drawn for that alone.
 */
export const wanted = (counted: Counted, always: readonly Word[], isExtra: boolean): readonly Word[] => {
  const missing = isExtra ? short(counted) : counted.packets < ENOUGH ? [] : short(counted, OVER);
  return [...new Set([...always, ...missing.map((name) => WORDS[name])])];
};

type Word = 'ipv6' | 'nft' | 'native' | 'talk' | 'aim';
const WORDS: Readonly<Record<keyof typeof QUOTAS, Word>> = { ipv6: 'ipv6', iptablesNft: 'nft', nativeNft: 'native', conversations: 'talk' };

/** Of fewer packets chance alone tells which constructs decide too few. */
const TELLING = 150_000;
/** A scene is drawn with so many of them more often. */
const BEHIND = 4;
/** The draw steers over what is enough, so that chance does not miss it. */
const AHEAD = 1.6;

/** Constructs of an area that have decided hardly as many packets as they should, those that are furthest behind first, without the area's name. */
export function behind(
  { packets, covered }: { readonly packets: number; readonly covered: ReadonlyMap<string, Covered> },
  area: Area,
): readonly string[] {
  if (packets < TELLING) return [];
  return [...covered]
    .filter(([id, { decided }]) => id.startsWith(`${area}/`) && isToDecide(id) && decided * MILLION < AHEAD * DECIDED * packets)
    .toSorted(([, one], [, other]) => one.decided - other.decided)
    .slice(0, BEHIND)
    .map(([id]) => id.slice(area.length + 1));
}

/** What a scene is drawn with more often than by chance. */
export type Wants = {
  readonly ipv6: boolean;
  readonly iptablesNft: boolean;
  readonly conversations: boolean;
  /** Packets are drawn so that they meet rules. */
  readonly aims: boolean;
  /** Constructs of the scene's own area. */
  readonly constructs: readonly string[];
};

/** A seed with the constructs that its scene is to be drawn with: `S.12+talk~rule-user~mtu`. */
export const seedWith = (seed: string, constructs: readonly string[]): string => [seed, ...constructs].join('~');

/** Reads them out of a seed. */
export function wantsOf(seed: string): Wants {
  const [own = '', ...constructs] = seed.split('~');
  const words = own.split('+').slice(1);
  return {
    ipv6: words.includes(WORDS.ipv6),
    iptablesNft: words.includes(WORDS.iptablesNft),
    conversations: words.includes(WORDS.conversations),
    aims: words.includes('aim'),
    constructs,
  };
}
