import type { Compile } from '../context.ts';
import { numberOf } from '../numbers.ts';

/** `-m ttl` and `-m hl` (net/ipv4/netfilter/ipt_ttl.c, net/netfilter/xt_hl.c ttl_mt, hl_mt6). */
export const ttl: Compile = (options) => {
  const equal = options.get('ttl-eq', 'ttl', 'hl-eq', 'hl');
  const less = options.get('ttl-lt', 'hl-lt');
  const more = options.get('ttl-gt', 'hl-gt');
  const value = numberOf((equal ?? less ?? more)?.value ?? '');
  if (value === undefined) return undefined;
  return ({ packet, rounds }) => {
    rounds?.vary();
    return equal !== undefined ? (packet.ttl === value) !== equal.not : less !== undefined ? packet.ttl < value : packet.ttl > value;
  };
};
