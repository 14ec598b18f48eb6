import { type KindId, kinds } from '#facts/kinds';
import type { Ip } from '#net/ip';
import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { Disposition, FactRef, Place, Reason } from './outcome.ts';
import type { IcmpMessage, Packet } from './packet.ts';
import type { Skb } from './skb.ts';

/** An ICMP error that a stack sends for a packet; `local` when the sender itself is told without a packet. */
export type IcmpError = {
  readonly type: number;
  readonly code: number;
  readonly mtu?: number;
  readonly stack: Stack;
  /** The packet as it was when the error arose. */
  readonly about: Packet;
  readonly delayMs: number;
  /** A TCP reset instead of an ICMP message (REJECT --reject-with tcp-reset, no listener). */
  readonly reset?: true;
  /** It arose for want of a route: the kernel counts such errors once more (ip_error). */
  readonly ofRoute?: true;
  /** In whose name it is sent, where not this stack's own. */
  readonly from?: Ip;
  /** ICMPv6's own type and code, where the numbers of ICMP have no match. */
  readonly six?: readonly [number, number];
};

/** Where a packet's way ended, and what came of it. */
export type End = {
  readonly stage: 'end';
  readonly skb: Skb;
  readonly disposition: Disposition;
  readonly at: Place;
  readonly reason: Reason;
  readonly error: IcmpError | null;
  /** Where the answer comes from, if not the address that was asked. */
  readonly answersFrom?: Ip;
};

/** What happens next with a packet: a stage of the way with its device, several copies, or the end. */
export type Next =
  | { readonly stage: 'output' | 'local out' | 'route' | 'forward' | 'deliver' | 'postrouting' | 'neighbour'; readonly skb: Skb }
  | { readonly stage: 'transmit' | 'above' | 'ip'; readonly skb: Skb; readonly link: Link }
  /** Whom the frame is for was seen below already, where that is told. */
  | { readonly stage: 'receive'; readonly skb: Skb; readonly link: Link; readonly cast?: Skb['cast'] }
  | { readonly stage: 'copies'; readonly of: readonly Next[] }
  | End;

export type { IcmpMessage };

type Ending = {
  readonly disposition: Disposition;
  readonly code: string;
  readonly says: string;
  readonly by?: readonly FactRef[];
  readonly device?: string | null;
  readonly error?: Omit<IcmpError, 'stack' | 'about' | 'delayMs'> & { readonly delayMs?: number; readonly about?: Packet };
  readonly gap?: Gap;
  readonly answersFrom?: Ip;
};

/** The end of a packet where it is. */
export function end(skb: Skb, it: Ending): End {
  const { error, gap, by = [], answersFrom } = it;
  const device = it.device === undefined ? (skb.in?.name ?? null) : it.device;
  return {
    stage: 'end',
    skb,
    disposition: it.disposition,
    at: { ...skb.stack.scope, device },
    reason: gap === undefined ? { code: it.code, says: it.says, by } : { code: it.code, says: it.says, by, gap },
    error: error === undefined ? null : { about: skb.packet, delayMs: 0, ...error, stack: skb.stack },
    ...(answersFrom === undefined ? {} : { answersFrom }),
  };
}

/** The end of a packet whose way depends on what was not seen or is not modelled. */
export const unknown = (skb: Skb, gap: Gap, by: readonly FactRef[] = [], device?: string | null): End =>
  end(skb, {
    disposition: 'unknown',
    code: gap.why === 'not modelled' ? 'NOT_MODELLED' : 'NOT_SEEN',
    says: gap.detail,
    by,
    gap: fillable(gap),
    ...(device === undefined ? {} : { device }),
  });

const TO_COLLECT: ReadonlySet<Gap['why']> = new Set(['not collected', 'not told']);

/** With what to run to fill it: what was read in part, or in a form that does not tell it, needs that, too. */
function fillable(gap: Gap): Gap {
  if (gap.capture !== undefined || !TO_COLLECT.has(gap.why) || !isKind(gap.of)) return gap;
  return { ...gap, capture: kinds[gap.of].capture };
}

const isKind = (of: string): of is KindId => Object.hasOwn(kinds, of);
