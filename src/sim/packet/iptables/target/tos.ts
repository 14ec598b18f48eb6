import { entryOf } from '#net/entry';
import { GO_ON, type MaybeTarget } from '../effect.ts';
import { maskedOf, numberOf } from '../numbers.ts';
import { dscpOf, TOS_NAMES } from '../tos-names.ts';

const changed =
  (change: (before: number) => number): ReturnType<MaybeTarget> =>
  (context) => {
    context.packet = { ...context.packet, tos: change(context.packet.tos ?? 0) & 0xff };
    return GO_ON;
  };

/** `-j TOS` (net/netfilter/xt_DSCP.c tos_tg). */
export const tos: MaybeTarget = (options) => {
  const set = options.get('set-tos');
  const given = set === undefined ? undefined : (entryOf(TOS_NAMES, set.value.toLowerCase()) ?? maskedOf(set.value));
  if (given !== undefined) return changed((before) => (before & ~given.mask) ^ given.value);
  const and = numberOf(options.get('and-tos')?.value ?? '');
  if (and !== undefined) return changed((before) => before & and);
  const or = numberOf(options.get('or-tos')?.value ?? '');
  if (or !== undefined) return changed((before) => before | or);
  const xor = numberOf(options.get('xor-tos')?.value ?? '');
  return xor === undefined ? undefined : changed((before) => before ^ xor);
};

/** `-j DSCP`: the upper six bits (net/netfilter/xt_DSCP.c dscp_tg). */
export const dscp: MaybeTarget = (options) => {
  const set = options.get('set-dscp');
  const named = options.get('set-dscp-class');
  const value = set === undefined ? dscpOf(named?.value ?? '') : numberOf(set.value);
  return value === undefined ? undefined : changed((before) => (before & 3) | (value << 2));
};

/** `-j ECN --ecn-tcp-remove` (net/ipv4/netfilter/ipt_ECN.c ecn_tg). */
export const ecn: MaybeTarget = (options) => {
  const remove = options.has('ecn-tcp-remove');
  if (!remove) return undefined;
  return (context) => {
    const { tcp } = context.packet;
    if (tcp !== null && (tcp.ece === true || tcp.cwr === true))
      context.packet = { ...context.packet, tcp: { ...tcp, ece: false, cwr: false } };
    return GO_ON;
  };
};
