import type { Compile } from '../context.ts';
import { isLaterFragment } from '../fragment.ts';
import { ICMP6_NAMES, ICMP_NAMES, type IcmpType } from '#net/icmp-names';
import { entryOf } from '#net/entry';

/** `8`, `3/1`, `echo-request`. */
function typeOf(text: string, names: Readonly<Record<string, IcmpType>>): IcmpType | undefined {
  const [, type, code] = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (type === undefined) return entryOf(names, text);
  return [Number(type), code === undefined ? null : Number(code)];
}

function icmpOf(protocol: 'icmp' | 'icmpv6', option: string, names: Readonly<Record<string, IcmpType>>): Compile {
  return (options) => {
    const asked = options.get(option);
    const wanted = asked === undefined ? undefined : typeOf(asked.value, names);
    if (asked !== undefined && wanted === undefined) return undefined;
    return ({ packet }) => {
      if (packet.protocol !== protocol || packet.icmp === null || isLaterFragment(packet)) return false;
      if (asked === undefined || wanted === undefined) return true;
      const hit = isAny(wanted, protocol) || (packet.icmp.type === wanted[0] && (wanted[1] === null || packet.icmp.code === wanted[1]));
      return hit !== asked.not;
    };
  };
}

/** Type 255 stands for any, in IPv4 only. */
const isAny = ([type]: IcmpType, protocol: string): boolean => type === 255 && protocol === 'icmp';

/** `-m icmp` (net/ipv4/netfilter/ip_tables.c icmp_match). */
export const icmp: Compile = icmpOf('icmp', 'icmp-type', ICMP_NAMES);

/** `-m icmp6` (net/ipv6/netfilter/ip6_tables.c icmp6_match). */
export const icmp6: Compile = icmpOf('icmpv6', 'icmpv6-type', ICMP6_NAMES);
