import type { Compile } from '../context.ts';
import { notTold } from '../not-told.ts';
import { isLaterFragment } from '../fragment.ts';
import { takeAll } from './depends.ts';

/** A match on an extension header of IPv6. Packets are walked without any, but for the one of fragments. */
const absent: Compile = (options) => {
  takeAll(options);
  return () => false;
};

/** `-m frag` (net/ipv6/netfilter/ip6t_frag.c frag_mt6): only pieces have the header. */
const frag: Compile = (options) => {
  const isBare = options.unread() === undefined;
  takeAll(options);
  return (context) => {
    if (context.packet.fragment === undefined) return false;
    return isBare ? true : notTold(context, 'packet', 'the fields of a fragment header are not walked (net/ipv6/netfilter/ip6t_frag.c)');
  };
};

/** `-m ipv6header` (net/ipv6/netfilter/ip6t_ipv6header.c ipv6header_mt6): which headers a packet has. */
const ipv6header: Compile = (options) => {
  const option = options.get('header');
  const isSoft = options.has('soft');
  if (option === undefined) return undefined;
  const wanted = option.value.split(',');
  return (context) => {
    const { packet } = context;
    const has = packet.fragment === undefined ? 'prot' : isLaterFragment(packet) ? 'frag' : null;
    if (has === null) return notTold(context, 'packet', 'the headers of a first fragment are not walked (ip6t_ipv6header.c)');
    if (isSoft) return wanted.includes(has) !== option.not;
    return (wanted.length === 1 && wanted[0] === has) !== option.not;
  };
};

/** The matches on extension headers, by name (net/ipv6/netfilter/ip6t_*.c). */
export const HEADERS_6: Readonly<Record<string, Compile>> = {
  ah: absent,
  dst: absent,
  esp: absent,
  frag,
  hbh: absent,
  ipv6header,
  mh: absent,
  rt: absent,
  srh: absent,
};
