import type { RecentAddress } from '#facts/recent-address/recent-address';
import { cidrOf, baseOf, lengthOfMask } from '#net/cidr';
import { familyOf, fromBits, type Ip, parseIp, toBits } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { RecentNote } from '../../notes.ts';
import type { Context } from '../context.ts';
import { notTold } from '../not-told.ts';

type Doubt = { readonly gap: Gap };

/** What a list holds of an address: nothing, an entry, or why that is not known. */
export type Remembered = RecentNote | null | Doubt;

const keyOf = ({ stack }: Context, list: string, address: string): string => `${stack.key} ${list} ${address}`;
const EVERY = '*';

/** A list holds so many addresses unless the module was told otherwise (ip_list_tot); a new one then takes the oldest one's place. */
const MOST = 100;

/** What a list holds of an address: as this run's packets left it, else as it was read. */
export function remembered(context: Context, list: string, address: Ip): Remembered {
  const notes = context.notes?.recents();
  const noted = notes?.get(keyOf(context, list, address));
  if (noted === '?') return unclear(context, list);
  if (noted !== undefined) return noted;
  if (notes?.has(keyOf(context, list, EVERY)) === true) return unclear(context, list);
  const { recentLists } = context.stack;
  if (recentLists.is === 'gap') return { gap: recentLists.gap };
  const captured = recentLists.table.get(list)?.get(address);
  if (captured !== undefined) return noteOf(captured);
  return recentLists.complete ? null : notTold(context, 'recent-address', `the list ${list} was not read to its end`);
}

const unclear = (context: Context, list: string): Doubt =>
  notTold(context, 'recent-address', `an earlier packet may have changed the list ${list} (net/netfilter/xt_recent.c)`);

const noteOf = ({ ttl, times, seenMs }: RecentAddress): RecentNote =>
  seenMs === undefined ? { ttl, seen: [], untold: times } : { ttl, seen: seenMs.map((ago) => -ago), untold: 0 };

/** Keeps what became of an address; `?` where nobody knows. */
export function keep(context: Context, list: string, address: Ip, is: RecentNote | null | '?'): void {
  context.notes?.keepRecent(keyOf(context, list, address), context.isDoubtful === true ? '?' : is);
}

/** A new address on a list (recent_entry_init): of a full one nobody knows any more whom it still holds. */
export function enter(context: Context, list: string, address: Ip, ttl: number): void {
  const { recentLists } = context.stack;
  const count = recentLists.is === 'gap' ? 0 : (recentLists.table.get(list)?.size ?? 0);
  if (count >= MOST) context.notes?.keepRecent(keyOf(context, list, EVERY), '?');
  keep(context, list, address, { ttl, seen: [context.at ?? 0], untold: 0 });
}

/** Drops the address that was seen last the longest ago, if that was before a moment (recent_entry_reap); never the one that is about to be seen. */
export function reap(context: Context, list: string, before: number, spared: Ip | null): void {
  const { recentLists } = context.stack;
  const captured = recentLists.is === 'gap' ? [] : [...(recentLists.table.get(list)?.keys() ?? [])];
  const prefix = keyOf(context, list, '');
  const noted = [...(context.notes?.recents().keys() ?? [])].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  const addresses = [...new Set([...captured, ...noted])].flatMap((text) => parseIp(text) ?? []);
  const held = addresses.flatMap((address) => {
    const entry = remembered(context, list, address);
    return entry === null ? [] : [{ address, last: 'gap' in entry || entry.untold > 0 ? null : Math.max(...entry.seen) }];
  });
  if (held.some(({ last }) => last === null)) {
    // who is the oldest is not known: any but the one at hand may be gone
    for (const { address } of held) if (address !== spared) keep(context, list, address, '?');
    return;
  }
  const [first, ...others] = held;
  if (first === undefined) return;
  const oldest = others.reduce((one, other) => ((other.last ?? 0) < (one.last ?? 0) ? other : one), first);
  if (oldest.address !== spared && (oldest.last ?? 0) < before) keep(context, list, oldest.address, null);
}

/** An address as a list's mask leaves it; nothing where rules give the list several masks. */
export function maskedBy(context: Context, list: string, address: Ip): Ip | undefined {
  const { recentMasks } = context.stack;
  const masks = recentMasks.is === 'gap' ? undefined : recentMasks.table.get(list);
  if (masks === undefined || masks.size > 1) return undefined;
  const [mask = ''] = masks;
  if (mask === '') return address;
  const length = lengthOfMask(mask);
  if (length !== undefined && familyOf(address) === 4) return baseOf(cidrOf(address, length));
  const bits = parseIp(mask);
  return bits === undefined || familyOf(bits) !== familyOf(address)
    ? undefined
    : fromBits(toBits(address) & toBits(bits), familyOf(address));
}
