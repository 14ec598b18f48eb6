import { parseMac } from '#net/mac';
import type { Compile } from '../context.ts';

/** `-m mac --mac-source`: never for a packet without an Ethernet header, not even negated (net/netfilter/xt_mac.c mac_mt). */
export const mac: Compile = (options) => {
  const option = options.get('mac-source');
  const wanted = option === undefined ? undefined : parseMac(option.value);
  return option === undefined || wanted === undefined
    ? undefined
    : ({ fromMac }) => fromMac !== null && (fromMac === wanted) !== option.not;
};
