import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import { type Mac, parseMac } from '#net/mac';
import { wholeNumber } from '../lines.ts';

type Link = FactOf<'link'>;
type Tunnel = NonNullable<Link['tunnel']>;

const TUNNELS: ReadonlySet<string> = new Set(['ipip', 'gre', 'gretap', 'sit', 'ip6tnl', 'ip6gre', 'ip6gretap'] satisfies Tunnel['kind'][]);
const isTunnel = (kind: string): kind is Tunnel['kind'] => TUNNELS.has(kind);

/** The words of a line of details as name and value: every word with the one after it. */
export const pairsOf = (words: readonly string[]): ReadonlyMap<string, string> =>
  new Map(words.map((word, at) => [word, words[at + 1] ?? ''] as const));

/** A key of GRE: a number, or written like an address. */
function keyOf(word: string | undefined): number | null {
  if (word === undefined) return null;
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(word);
  if (octets !== null) return octets.slice(1).reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return wholeNumber(word) ?? null;
}

/** A type of service; 1 stands for `inherit` in the kernel. */
export function tosOf(word: string | undefined): Tunnel['tos'] {
  if (word === undefined) return 0;
  if (word === 'inherit' || word === '0x1' || word === '1') return 'inherit';
  return maskOf(word);
}

/** A number as `0x10` or `16`. */
export const maskOf = (word: string | undefined): number | undefined =>
  word !== undefined && /^0x[0-9a-f]{1,8}$/i.test(word) ? Number(word) : wholeNumber(word);

/** A tunnel of IP in IP or GRE, out of the words of either form; `null` for a device of another kind. */
export function tunnelOf(kind: string, words: ReadonlyMap<string, string>): Link['tunnel'] {
  if (!isTunnel(kind)) return null;
  const ttl = words.get('ttl') ?? words.get('hoplimit');
  const json = words.get('pmtudisc');
  return {
    kind,
    remote: parseIp(words.get('remote') ?? '') ?? null,
    local: parseIp(words.get('local') ?? '') ?? null,
    dev: words.get('dev') ?? words.get('link') ?? null,
    ttl: ttl === undefined || ttl === 'inherit' ? 'inherit' : wholeNumber(ttl),
    tos: tosOf(words.get('ip6_tnl_f_use_orig_tclass') === 'true' ? 'inherit' : (words.get('tos') ?? words.get('tclass'))),
    inKey: keyOf(words.get('ikey') ?? words.get('key')),
    outKey: keyOf(words.get('okey') ?? words.get('key')),
    pathMtu: words.has('nopmtudisc') ? false : json === undefined ? undefined : json !== 'false',
    external: words.has('external'),
  };
}

/** The stations of a macvlan in mode `source`: `remotes (2)` and each behind the one before, or those of JSON's list. */
function sourcesOf(words: ReadonlyMap<string, string>): readonly Mac[] | undefined {
  const mode = words.get('mode');
  if (mode === undefined) return undefined;
  if (mode !== 'source') return [];
  const count = words.get('remotes');
  if (count === undefined && !words.has('macaddr_count')) return undefined;
  const listed =
    words
      .get('macaddr_data')
      ?.split(' ')
      .flatMap((word) => parseMac(word) ?? []) ?? [];
  const sources = new Set(listed);
  for (let next = parseMac(words.get(count ?? '') ?? ''); next !== undefined && !sources.has(next); ) {
    sources.add(next);
    next = parseMac(words.get(next) ?? '');
  }
  return [...sources];
}

/** A device that stands on another, out of the words of either form; `null` for a device of another kind. */
export function upperOf(kind: string, words: ReadonlyMap<string, string>): Link['upper'] {
  switch (kind) {
    case 'vlan': {
      const id = wholeNumber(words.get('id'));
      return id === undefined ? undefined : { kind, id, protocol: words.get('protocol') };
    }
    case 'macvlan':
      return { kind, mode: words.get('mode'), sources: sourcesOf(words), nodst: words.has('mode') ? words.has('nodst') : undefined };
    case 'ipvlan':
      return {
        kind,
        mode: words.get('mode'),
        flag: words.get('mode_flag') ?? (words.has('private') ? 'private' : words.has('vepa') ? 'vepa' : 'bridge'),
      };
    case 'bond':
      return { kind, mode: words.get('mode'), active: words.get('active_slave') ?? null };
    case 'vrf':
      return { kind, table: words.get('table') };
    default:
      return null;
  }
}
