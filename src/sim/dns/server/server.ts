import type { Outcome } from '#sim/packet/outcome';

/** What a resolver's socket sees of one query: an answer, an error at once, or nothing. */
export type Seen = { readonly kind: 'answer' | 'refused' | 'unreachable' | 'silence' | 'unknown'; readonly after: number };

/**
 * What comes back for a query to port 53 that went the given way. A server that the packet reaches answers at once; what it
 * answers is not modelled yet, only whether it does. A connected UDP socket gets ICMP errors (IP_RECVERR): port unreachable as
 * ECONNREFUSED, host unreachable as EHOSTUNREACH.
 */
export function seenOf(outcome: Pick<Outcome, 'works' | 'disposition' | 'answer'>): Seen {
  const after = outcome.answer.after ?? 0;
  if (outcome.answer.kind === 'icmp') {
    const portUnreachable = outcome.answer.icmp?.type === 3 && outcome.answer.icmp.code === 3;
    return { kind: portUnreachable ? 'refused' : 'unreachable', after };
  }
  if (outcome.answer.kind === 'unknown' || outcome.works === 'unknown') return { kind: 'unknown', after };
  if (outcome.works === 'yes') return { kind: outcome.disposition === 'no listener' ? 'refused' : 'answer', after };
  return { kind: 'silence', after };
}
