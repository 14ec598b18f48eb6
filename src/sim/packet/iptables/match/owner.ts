import type { Told } from '#facts/kind';
import type { Compile } from '../context.ts';
import { notTold } from '../not-told.ts';

/**
 * `-m owner` (net/netfilter/xt_owner.c owner_mt): a packet without a socket of this namespace holds only what is asked
 * negatively; whose socket an own packet came from the question tells, and of a listener's answers the capture.
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
  // that groups are asked too is a demand of its own, which is never negated
  const allNegative = !isSupplementary && asked.every(({ not }) => not);
  return (context) => {
    if (!context.own || context.owner === null) return allNegative;
    if (exists?.not === true) return context.isOfKernel === true ? notTold(context, 'socket', KERNEL) : false;
    if (ids.length === 0) return context.isOfKernel === true ? notTold(context, 'socket', KERNEL) : true;
    if (context.isOfKernel === true) return ids.every(({ not }) => not);
    const { owner: told } = context;
    if (told === undefined || isSupplementary) return notTold(context, 'socket', 'who owns the sending socket is not known');
    const answers = ids.map(({ value, of, not }) => within(told[of], value, not));
    if (answers.includes(false)) return false;
    if (answers.includes('by name')) return notTold(context, 'socket', 'a user or group by name is not looked up');
    return answers.includes('not told') ? notTold(context, 'socket', 'who owns the sending socket is not known') : true;
  };
};

const KERNEL = 'whether a packet of the kernel itself has a socket depends on its version';

/** `1337`, `0-499`; a name is not looked up. */
function within(id: Told<number>, text: string, not: boolean): boolean | 'by name' | 'not told' {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === undefined) return 'by name';
  return id === undefined ? 'not told' : (id >= Number(first) && id <= Number(last)) !== not;
}
