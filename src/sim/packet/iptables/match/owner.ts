import type { Compile, Context } from '../context.ts';
import { notTold } from '../not-told.ts';

/** Packets that the kernel itself sends: resets and ICMP other than echo requests come from sockets without a file. */
const isOfKernel = ({ packet: { icmp, tcp } }: Context): boolean =>
  tcp?.rst === true || (icmp !== null && icmp.type !== 8 && icmp.type !== 128);

/**
 * `-m owner` (net/netfilter/xt_owner.c owner_mt): a packet without a socket of this namespace holds only what is asked
 * negatively; whose socket an own packet came from is not known.
 */
export const owner: Compile = (options) => {
  const ids = ['uid-owner', 'gid-owner'].flatMap((name) => options.get(name) ?? []);
  const exists = options.get('socket-exists');
  options.get('suppl-groups');
  const asked = exists === undefined ? ids : [...ids, exists];
  if (asked.length === 0) return undefined;
  const allNegative = asked.every(({ not }) => not);
  return (context) => {
    if (!context.own) return allNegative;
    if (exists?.not === true) return isOfKernel(context) ? notTold(context, 'socket', KERNEL) : false;
    if (ids.length === 0) return isOfKernel(context) ? notTold(context, 'socket', KERNEL) : true;
    if (isOfKernel(context)) return ids.every(({ not }) => not);
    return notTold(context, 'socket', 'who owns the sending socket is not known');
  };
};

const KERNEL = 'whether a packet of the kernel itself has a socket depends on its version';
