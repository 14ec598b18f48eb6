import { isBare, template, UNTRACKED } from '../../conntrack/connection.ts';
import { type Effect, GO_ON, type MaybeTarget, type Target } from '../effect.ts';
import { numberOf } from '../numbers.ts';

/** `-j NOTRACK`: a packet that is tracked already, or was given a zone, stays so (net/netfilter/xt_CT.c notrack_tg). */
export const notrack: Target = () => (context) => {
  if (isBare(context.track)) context.track = UNTRACKED;
  return GO_ON;
};

const POLICY = 'how long a connection lives by a policy of timeouts is not captured (net/netfilter/xt_CT.c xt_ct_set_timeout)';

/**
 * `-j CT`: no tracking, or a template with a zone to track in, the default one where none is named: what has it keeps it, also from a later
 * NOTRACK (xt_CT.c xt_ct_target). Helpers and events change nothing that is walked; a policy of timeouts only what comes later.
 */
export const ct: MaybeTarget = (options) => {
  if (options.has('notrack')) return notrack(options);
  for (const quiet of ['helper', 'ctevents', 'expevents']) options.get(quiet);
  const isTimed = options.has('timeout');
  const both = options.get('zone');
  const original = options.get('zone-orig');
  const reply = options.get('zone-reply');
  return (context): Effect => {
    if (!isBare(context.track)) return GO_ON;
    if (isTimed && (context.at ?? 0) > 0) return { does: 'unknown', detail: POLICY };
    const idOf = (text: string): number | undefined => (text === 'mark' ? context.packet.mark & 0xffff : numberOf(text));
    const zone = { original: idOf((both ?? original)?.value ?? '0'), reply: idOf((both ?? reply)?.value ?? '0') };
    if (zone.original === undefined || zone.reply === undefined) return { does: 'unknown', detail: 'the zone of -j CT is not understood' };
    const attached = template({ original: zone.original, reply: zone.reply }, context.packet);
    const isMark = (option: typeof both): boolean => option?.value === 'mark';
    const marked = { original: isMark(both ?? original), reply: isMark(both ?? reply) };
    context.track = marked.original || marked.reply ? { ...attached, marked } : attached;
    return GO_ON;
  };
};
