import { isBare, template, UNTRACKED } from '../../conntrack/connection.ts';
import { type Effect, GO_ON, type MaybeTarget, type Target } from '../effect.ts';
import { numberOf } from '../numbers.ts';

/** `-j NOTRACK`: a packet that is tracked already, or was given a zone, stays so (net/netfilter/xt_CT.c notrack_tg). */
export const notrack: Target = () => (context) => {
  if (isBare(context.track)) context.track = UNTRACKED;
  return GO_ON;
};

/** `-j CT`: no tracking, or a zone to track in; helpers, events and timeouts change nothing that is walked (xt_CT.c xt_ct_target). */
export const ct: MaybeTarget = (options) => {
  if (options.has('notrack')) return notrack(options);
  for (const quiet of ['helper', 'ctevents', 'expevents', 'timeout']) options.get(quiet);
  const both = options.get('zone');
  const original = options.get('zone-orig');
  const reply = options.get('zone-reply');
  if (both === undefined && original === undefined && reply === undefined) return () => GO_ON;
  return (context): Effect => {
    const idOf = (text: string): number | undefined => (text === 'mark' ? context.packet.mark & 0xffff : numberOf(text));
    const zone = { original: idOf((both ?? original)?.value ?? '0'), reply: idOf((both ?? reply)?.value ?? '0') };
    if (zone.original === undefined || zone.reply === undefined) return { does: 'unknown', detail: 'the zone of -j CT is not understood' };
    if (isBare(context.track)) context.track = template({ original: zone.original, reply: zone.reply }, context.packet);
    return GO_ON;
  };
};
