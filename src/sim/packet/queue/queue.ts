import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';

/** The queues that a rule hands packets to, and whether what nobody takes goes on. */
export type Queued = { readonly first: number; readonly last: number; readonly bypass: boolean };

/** What becomes of a packet for a queue: it goes on at the next hook, is lost, or a program decides. */
export type Fate =
  | { readonly is: 'accept' }
  | { readonly is: 'unheard'; readonly queues: string; readonly why: string }
  | { readonly is: 'gap'; readonly gap: Gap };

const textOf = ({ first, last }: Queued): string => (first === last ? `queue ${first}` : `queues ${first} to ${last}`);

/**
 * Hands a packet to a program in user space (net/netfilter/nf_queue.c nf_queue, net/netfilter/nfnetlink_queue.c
 * nfqnl_enqueue_packet): where nobody listens it is lost, or with `bypass` goes on at the next hook; lost too where the program has
 * not said what it wants of it. Of several queues a hash chooses.
 */
export function queued({ packetQueues, scope }: Stack, queue: Queued): Fate {
  if (packetQueues.is === 'gap')
    return { is: 'gap', gap: { ...packetQueues.gap, detail: `whether a program listens to ${textOf(queue)}` } };
  const heard = [...packetQueues.table.values()].filter(({ number }) => number >= queue.first && number <= queue.last);
  const isFull = heard.length === queue.last - queue.first + 1;
  if (!packetQueues.complete && !isFull) return { is: 'gap', gap: untold(scope, queue, 'is not known') };
  if (heard.length === 0) return queue.bypass ? { is: 'accept' } : { is: 'unheard', queues: textOf(queue), why: 'no program listens' };
  if (isFull && heard.every(({ copies }) => !copies))
    return { is: 'unheard', queues: textOf(queue), why: 'its program takes no packets yet' };
  return { is: 'gap', gap: untold(scope, queue, `decides (netlink port ${heard[0]?.port})`) };
}

const untold = (scope: Stack['scope'], queue: Queued, what: string): Gap => ({
  of: 'packet-queue',
  scope,
  why: 'not modelled',
  detail: `a program in user space that listens to ${textOf(queue)} ${what} (net/netfilter/nfnetlink_queue.c)`,
});
