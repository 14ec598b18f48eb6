import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { arpEntry } from '../arp/arp-entry.ts';
import { defineFormat } from '../format.ts';
import { quoted, readLines, wordsOf } from '../lines.ts';

const HEAD = /^IP address\s+HW type\s+Flags\s+HW address\s+Mask\s+Device/;

const PERMANENT = 0x4;
const PUBLISHED = 0x8;

/** /proc/net/arp: the ARP cache; no entry that is not resolved by ARP. */
export default defineFormat({
  id: 'proc-net-arp',
  is: '/proc/net/arp: the ARP cache',
  tells: ['neighbour'],
  recognise: (head) => (HEAD.test(head.trimStart()) ? 1 : 0),
  parse: (input) =>
    readLines(input, 'neighbour', (line, origin) => {
      if (HEAD.test(line)) return undefined;
      const words = wordsOf(line);
      const address = parseIp(words[0] ?? '');
      const flags = Number(words[2]);
      const dev = words[5];
      if (address === undefined || dev === undefined || Number.isNaN(flags)) return `not an entry: ${quoted(line)}`;
      const told = { permanent: (flags & PERMANENT) !== 0, proxy: (flags & PUBLISHED) !== 0 };
      return arpEntry(dev, address, flags === 0 ? undefined : parseMac(words[3] ?? ''), told, origin);
    }),
});
