import type { Compile, Context } from '../context.ts';
import { kernelOf } from '../../route/kernel.ts';
import { notTold } from '../not-told.ts';

/** Packets that the kernel itself sends: its ICMP, and resets, come from sockets without a file; a listener's resets are its own since 6.13. */
function isOfKernel({ isAnswer, packet: { icmp, tcp, sourcePort }, stack }: Context): boolean {
  if (isAnswer !== true) return false;
  if (tcp?.rst !== true) return icmp !== null;
  const { listeners } = stack;
  return !kernelOf(stack, [6, 13]) || (listeners.is === 'seen' && !listeners.table.has(`tcp ${sourcePort}`));
}

/**
 * `-m owner` (net/netfilter/xt_owner.c owner_mt): a packet without a socket of this namespace holds only what is asked
 * negatively; whose socket an own packet came from only the question tells.
 */
export const owner: Compile = (options) => {
  const ids = ['uid-owner', 'gid-owner'].flatMap((name) => {
    const option = options.get(name);
    return option === undefined ? [] : [{ ...option, of: name === 'uid-owner' ? ('uid' as const) : ('gid' as const) }];
  });
  const exists = options.get('socket-exists');
  const isSupplementary = options.get('suppl-groups') !== undefined;
  const asked = exists === undefined ? ids : [...ids, exists];
  if (asked.length === 0) return undefined;
  const allNegative = asked.every(({ not }) => not);
  return (context) => {
    if (!context.own || context.owner === null) return allNegative;
    if (exists?.not === true) return isOfKernel(context) ? notTold(context, 'socket', KERNEL) : false;
    if (ids.length === 0) return isOfKernel(context) ? notTold(context, 'socket', KERNEL) : true;
    if (isOfKernel(context)) return ids.every(({ not }) => not);
    const { owner: told } = context;
    if (told === undefined || isSupplementary) return notTold(context, 'socket', 'who owns the sending socket is not known');
    const answers = ids.map(({ value, of, not }) => within(told[of], value, not));
    return answers.includes(undefined) ? notTold(context, 'socket', 'a user or group by name is not looked up') : answers.every(Boolean);
  };
};

const KERNEL = 'whether a packet of the kernel itself has a socket depends on its version';

/** `1337`, `0-499`; nothing for a name. */
function within(id: number, text: string, not: boolean): boolean | undefined {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  return (id >= Number(first) && id <= Number(last)) !== not;
}
