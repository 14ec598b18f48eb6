import type { Link } from '#facts/link/link';
import type { Family } from '#net/ip';
import type { Hook } from '../iptables/context.ts';

/** Where a packet is when a hook is asked. */
export type At = {
  readonly hook: Hook;
  readonly family: Family;
  readonly in: Link | null;
  readonly out: Link | null;
};

/** The device that a verdict of this hook is told at. */
export const deviceOf = ({ hook, in: incoming, out }: Pick<At, 'hook' | 'in' | 'out'>): string | null =>
  (hook === 'POSTROUTING' ? out : (incoming ?? out))?.name ?? null;
