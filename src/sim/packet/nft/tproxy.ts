import type { NftExpression, NftStatement } from '#facts/nft/nft';
import { isUnspecified, parseIp } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { numberOf } from '../iptables/numbers.ts';
import { divert, type Toward } from '../socket/divert.ts';
import { gapOf, type NftContext } from './context.ts';
import { constant } from './nat.ts';
import { type Answer, isGap } from './value.ts';

/**
 * `tproxy to :8080`: gives the packet to a transparent socket of this namespace, and the rule goes on; where no such socket takes it the rule ends
 * (net/netfilter/nft_tproxy.c nft_tproxy_eval_v4, nft_tproxy_eval_v6).
 */
export function tproxied(context: NftContext, { family, address, port }: Extract<NftStatement, { does: 'tproxy' }>): Answer {
  const { packet, skb, run } = context;
  const isOther = family !== null && family !== (context.family === 4 ? 'ip' : 'ip6');
  if (isOther || (packet.protocol !== 'tcp' && packet.protocol !== 'udp')) return false;
  const toward = towardOf(context, address, port);
  if (toward === 'break') return false;
  if (isGap(toward)) return toward;
  const taken = divert({ ...context, notes: run.notes, sender: run.sender, diverted: null }, toward);
  if (taken === null) return false;
  if ('gap' in taken) return taken;
  if (skb.bridged !== null) return gapOf(context, 'tproxy on a bridge is not modelled');
  context.diverted = taken;
  return true;
}

function towardOf(
  context: NftContext,
  address: NftExpression | null,
  port: NftExpression | null,
): Toward | 'break' | { readonly gap: Gap } {
  const [where, which] = [address, port].map((one) => (one === null ? [] : constant(context, one)));
  if (where === undefined || which === undefined || where === 'break' || which === 'break') return 'break';
  if (isGap(where)) return where;
  if (isGap(which)) return which;
  // a map may hold both
  const [to, mapped] = where;
  const text = which[0] ?? mapped;
  const [own, number] = [to === undefined ? null : parseIp(to), text === undefined ? null : numberOf(text)];
  if (own === undefined || number === undefined) return gapOf(context, 'tproxy to a name');
  return { address: own === null || isUnspecified(own) ? null : own, port: number === 0 ? null : number };
}
