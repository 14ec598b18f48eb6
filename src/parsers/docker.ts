import type { FactOf } from '#facts/kinds';
import { cidrOf, parseAddressWithLength } from '#net/cidr';
import type { Origin } from '#snapshot/origin';
import { wholeNumber } from './lines.ts';

export type DockerOptions = FactOf<'docker-options'>;

/** An address with its length, as `--bip` takes it. */
export function bridgeOf(text: string | undefined): Pick<DockerOptions, 'bridgeAddress' | 'bridgeSubnet'> {
  if (text === undefined) return { bridgeAddress: null, bridgeSubnet: null };
  const read = parseAddressWithLength(text);
  if (read === undefined) return { bridgeAddress: undefined, bridgeSubnet: undefined };
  return { bridgeAddress: read.address, bridgeSubnet: cidrOf(read.address, read.length) };
}

const flagOf = (text: string | undefined): boolean | null | undefined => {
  if (text === undefined) return null;
  return text === 'true' || text === '1' || text === '' ? true : text === 'false' || text === '0' ? false : undefined;
};

/** Splits `--bip=…`, `--bip …`, `-b=…` words into names and values; the last one wins, as dockerd demands. */
function flagsOf(words: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const flag = /^--?(bip|mtu|ip-masq|iptables|fixed-cidr)(?:=(.*))?$/.exec(word);
    if (flag?.[1] === undefined) continue;
    const next = words[index + 1];
    const boolean = flag[1] === 'ip-masq' || flag[1] === 'iptables';
    flags.set(flag[1], flag[2] ?? (boolean || next === undefined || next.startsWith('-') ? '' : next));
  }
  return flags;
}

/** What dockerd's own flags say of its bridge. An option that is not given is `null`. */
export function optionsOfFlags(place: string, words: readonly string[], origin: Origin): DockerOptions {
  const flags = flagsOf(words);
  return {
    place,
    ...bridgeOf(flags.get('bip')),
    mtu: flags.has('mtu') ? wholeNumber(flags.get('mtu')) : null,
    ipMasq: flagOf(flags.get('ip-masq')),
    iptables: flagOf(flags.get('iptables')),
    origin,
  };
}
