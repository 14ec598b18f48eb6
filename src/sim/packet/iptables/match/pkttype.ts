import { entryOf } from '#net/entry';
import type { Compile, Context } from '../context.ts';

const CASTS: Readonly<Record<string, Context['cast']>> = {
  unicast: 'host',
  host: 'host',
  broadcast: 'broadcast',
  multicast: 'multicast',
  otherhost: 'otherhost',
};

/** `-m pkttype`: for whom the frame was (net/netfilter/xt_pkttype.c pkttype_mt). */
export const pkttype: Compile = (options) => {
  const option = options.get('pkt-type');
  const wanted = entryOf(CASTS, option?.value);
  return option === undefined || wanted === undefined ? undefined : ({ cast }) => (cast === wanted) !== option.not;
};
