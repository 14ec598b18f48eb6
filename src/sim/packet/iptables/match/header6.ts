import type { Packet } from '../../packet.ts';
import type { Compile } from '../context.ts';
import { isLaterFragment } from '../fragment.ts';
import { notTold } from '../not-told.ts';
import { takeAll } from './depends.ts';

/** A match on an extension header of IPv6 that no packet is walked with. */
const absent: Compile = (options) => {
  takeAll(options);
  return () => false;
};

/** A match on a header that a packet has or not: what stands in it is not known. */
const ofHeader =
  (has: (packet: Packet) => boolean, detail: string): Compile =>
  (options) => {
    const isBare = options.unread() === undefined;
    takeAll(options);
    return (context) => has(context.packet) && (isBare || notTold(context, 'packet', detail));
  };

/** A header of IPsec, which later pieces have not. */
const ofIpsec = (protocol: 'ah' | 'esp', detail: string): Compile =>
  ofHeader((packet) => packet.protocol === protocol && !isLaterFragment(packet), detail);

/** `-m ah` and `-m esp`, of both families (net/ipv4/netfilter/ipt_ah.c ah_mt, net/ipv6/netfilter/ip6t_ah.c ah_mt6, net/netfilter/xt_esp.c esp_mt). */
const ah = ofIpsec('ah', 'the SPI of a packet is not walked (ipt_ah.c, ip6t_ah.c)');
const esp = ofIpsec('esp', 'the SPI of a packet is not walked (net/netfilter/xt_esp.c)');

/** `-m frag` (net/ipv6/netfilter/ip6t_frag.c frag_mt6): only pieces have the header. */
const frag = ofHeader(
  ({ fragment }) => fragment !== undefined,
  'the fields of a fragment header are not walked (net/ipv6/netfilter/ip6t_frag.c)',
);

/** Headers that packets are walked with, by all names that rules have for them (extensions/libip6t_ipv6header.c chain_protos, chain_flags). */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  frag: ['frag', 'ipv6-frag'],
  auth: ['auth', 'ah'],
  esp: ['esp'],
  prot: ['prot', 'protocol'],
};

const headerOf = (name: string): string => Object.entries(NAMES).find(([, names]) => names.includes(name))?.[0] ?? name;

/** The headers of a packet: what is sealed is none that is known, of a piece what its first header says follows (ipv6header_mt6). */
function headersOf({ fragment, protocol }: Packet): readonly string[] {
  const piece = fragment === undefined ? [] : ['frag'];
  if (protocol === 'esp') return [...piece, 'esp'];
  return [...piece, ...(protocol === 'ah' ? ['auth'] : []), 'prot'];
}

/** `-m ipv6header` (net/ipv6/netfilter/ip6t_ipv6header.c ipv6header_mt6): which headers a packet has; `--soft` asks for no others than those named. */
const ipv6header: Compile = (options) => {
  const option = options.get('header');
  const isSoft = options.has('soft');
  if (option === undefined) return undefined;
  const wanted = new Set(option.value.split(',').map(headerOf));
  return (context) => {
    const { packet } = context;
    // what follows it in a later piece is read out of what the packet carries
    if (packet.protocol === 'ah' && isLaterFragment(packet))
      return notTold(context, 'packet', 'the headers of a later piece are not walked (ip6t_ipv6header.c)');
    const has = headersOf(packet);
    if (isSoft) return [...wanted].every((name) => has.includes(name) !== option.not);
    return (wanted.size === has.length && has.every((name) => wanted.has(name))) !== option.not;
  };
};

/** The matches on extension headers, by name (net/ipv6/netfilter/ip6t_*.c). */
export const HEADERS_6: Readonly<Record<string, Compile>> = {
  ah,
  dst: absent,
  esp,
  frag,
  hbh: absent,
  ipv6header,
  mh: absent,
  rt: absent,
  srh: absent,
};
