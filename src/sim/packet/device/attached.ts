import type { Link } from '#facts/link/link';
import type { Qdisc, QdiscFilter } from '#facts/qdisc/qdisc';
import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';

/** Queues that may drop or delay for reasons of their own, but let a single packet through. */
const PASSING =
  /^(?:noqueue|pfifo(?:_fast|_head_drop)?|bfifo|fq|fq_codel|fq_pie|codel|pie|mq|mqprio|sfq|prio|htb|tbf|hfsc|cake|ets|multiq|clsact|ingress)$/;

/**
 * What hangs at a device that may do anything with a packet: an XDP program, filters at its entrance or exit, a queue that drops
 * by chance (net/core/dev.c sch_handle_ingress, sch_handle_egress). Nothing: it passes.
 */
export function attached(stack: Stack, link: Link, side: QdiscFilter['side']): Gap | undefined {
  const gap = (of: 'link' | 'qdisc', detail: string): Gap => ({ of, scope: stack.scope, why: 'not modelled', detail });
  if (side === 'ingress' && link.xdp === true) return gap('link', `an XDP program is attached to ${link.name}`);
  const { qdiscs } = stack;
  const own = qdiscs.is === 'seen' ? (qdiscs.table.get(link.name) ?? []) : [];
  for (const qdisc of own) {
    const filter = filterOf(qdisc, side);
    if (filter !== undefined) return gap('qdisc', `${side} of ${link.name}: ${filter} decides`);
    if (side === 'egress' && !PASSING.test(qdisc.kind)) return gap('qdisc', `the queue ${qdisc.kind} of ${link.name} may drop or delay it`);
  }
  return undefined;
}

function filterOf({ kind, filters }: Qdisc, side: QdiscFilter['side']): string | undefined {
  if (kind !== 'clsact' && (kind !== 'ingress' || side !== 'ingress')) return undefined;
  if (filters === undefined) return `what hangs at its ${kind}, which was not read,`;
  const own = filters.find((filter) => filter.side === side);
  return own === undefined ? undefined : `a ${own.kind} filter`;
}
