import { type Mac, parseMac } from '#net/mac';
import { entryOf } from '#net/entry';

/** What stands before the network layer of a line of tcpdump. */
export type LinkHeader = {
  readonly dev: string | undefined;
  readonly direction: 'in' | 'out' | null | undefined;
  readonly sourceMac: Mac | undefined;
  readonly destinationMac: Mac | undefined;
  /** Bytes above the link layer, where `-e` tells the frame's. */
  readonly length: number | undefined;
  readonly rest: string;
};

const MAC = '([0-9a-f]{2}(?::[0-9a-f]{2}){5}|Broadcast)(?: \\(oui [\\w ]{1,32}\\))?';

/** `cni0  Out `, or the direction alone, as cooked captures (`-i any`) have it. */
const COOKED = /^(?:([\w.@-]{1,32}) +)?(In|Out|P|B|M) +(?=\S)/;

const ETHERNET = new RegExp(
  `^${MAC} > ${MAC}, (?:ethertype 802\\.1Q[^:]{0,24}, length (\\d{1,6}): vlan \\d{1,4}, p \\d,(?: DEI,)? )?ethertype [\\w.-]{1,24}(?: \\(0x[0-9a-f]{4}\\))?, (?:length (\\d{1,6}): )?`,
);

const COOKED_LINK = new RegExp(`^(?:(ifindex) \\d{1,10} )?${MAC} ethertype [\\w.-]{1,24}(?: \\(0x[0-9a-f]{4}\\))?, length (\\d{1,6}): `);

/** The bytes of the link headers themselves: Ethernet, with a VLAN tag, Linux cooked v1 and v2. */
const HEADER = { ethernet: 14, tagged: 18, cooked: 16, cooked2: 20 } as const;

const DIRECTIONS: Readonly<Record<string, 'in' | 'out' | null>> = { In: 'in', B: 'in', M: 'in', Out: 'out', P: null };

const macOf = (text: string | undefined): Mac | undefined =>
  text === 'Broadcast' ? parseMac('ff:ff:ff:ff:ff:ff') : text === undefined ? undefined : parseMac(text);

/** Takes the link layer off a line (without its time). */
export function linkHeader(line: string): LinkHeader {
  const cooked = COOKED.exec(line);
  const [dev, direction] = cooked === null ? [undefined, undefined] : [cooked[1], entryOf(DIRECTIONS, cooked[2])];
  const rest = cooked === null ? line : line.slice(cooked[0].length);
  const ethernet = ETHERNET.exec(rest);
  if (ethernet !== null) {
    const [all, source, destination, tagged, plain] = ethernet;
    const length =
      tagged !== undefined ? Number(tagged) - HEADER.tagged : plain === undefined ? undefined : Number(plain) - HEADER.ethernet;
    return { dev, direction, sourceMac: macOf(source), destinationMac: macOf(destination), length, rest: rest.slice(all.length) };
  }
  const link = COOKED_LINK.exec(rest);
  if (link === null) return { dev, direction, sourceMac: undefined, destinationMac: undefined, length: undefined, rest };
  const length = Number(link[3]) - (link[1] === undefined ? HEADER.cooked : HEADER.cooked2);
  return { dev, direction, sourceMac: macOf(link[2]), destinationMac: undefined, length, rest: rest.slice(link[0].length) };
}
