import type { MaybeTarget } from '../effect.ts';
import { numberOf } from '../numbers.ts';
import { queued } from '../../queue/queue.ts';

/** NFQUEUE, and QUEUE, which is its first: a queue, or one of several by a hash or by processor (net/netfilter/xt_NFQUEUE.c nfqueue_tg_v3). */
export const nfqueue: MaybeTarget = (options) => {
  const balanced = /^(\d+):(\d+)$/.exec(options.get('queue-balance')?.value ?? '');
  const one = options.get('queue-num')?.value ?? '0';
  const [first, last] = [numberOf(balanced?.[1] ?? one), numberOf(balanced?.[2] ?? one)];
  const bypass = options.has('queue-bypass');
  options.has('queue-cpu-fanout');
  if (first === undefined || last === undefined) return undefined;
  return ({ stack }) => {
    const fate = queued(stack, { first, last, bypass });
    if (fate.is === 'accept') return { does: 'accept' };
    return fate.is === 'gap'
      ? { does: 'unknown', detail: fate.gap.detail ?? '', gap: fate.gap }
      : { does: 'unheard', says: `${fate.queues}: ${fate.why}` };
  };
};
