import type { Hook } from '../iptables/context.ts';
import { entryOf } from '#net/entry';
import { familyOf } from '#net/ip';
import { type End, end, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import { isInPieces } from '../pieces.ts';
import type { Skb } from '../skb.ts';

/** ICMP type and code by the name in --reject-with (net/ipv4/netfilter/ipt_REJECT.c, net/ipv6/netfilter/ip6t_REJECT.c). */
const ERRORS: Readonly<Record<string, readonly [number, number]>> = {
  'icmp-net-unreachable': [3, 0],
  'icmp-host-unreachable': [3, 1],
  'icmp-proto-unreachable': [3, 2],
  'icmp-port-unreachable': [3, 3],
  'icmp-net-prohibited': [3, 9],
  'icmp-host-prohibited': [3, 10],
  'icmp-admin-prohibited': [3, 13],
  'icmp6-no-route': [3, 0],
  'icmp6-adm-prohibited': [3, 13],
  'icmp6-addr-unreachable': [3, 1],
  'icmp6-port-unreachable': [3, 3],
  'icmp6-policy-fail': [1, 5],
  'icmp6-reject-route': [1, 6],
};

const PORT_UNREACHABLE = { type: 3, code: 3 } as const;

/** The error of a name, or of a number that nft lists where it has no name (net/netfilter/nft_reject.c); nothing for what is not known. */
function errorOf(kind: string): NonNullable<Parameters<typeof end>[1]['error']> | undefined {
  const [type, code] = entryOf(ERRORS, kind) ?? [];
  if (type !== undefined && code !== undefined) return { type, code };
  const [, six, number] = /^icmp(6?)-(\d{1,3})$/.exec(kind) ?? [];
  if (number === undefined) return undefined;
  return six === '' ? { type: 3, code: Number(number) } : { ...PORT_UNREACHABLE, six: [1, Number(number)] };
}

/**
 * A packet whose content would have to sum to nothing and, of a tunnel's protocol, does not: nobody is told of it
 * (include/net/netfilter/nf_reject.h nf_reject_verify_csum; net/netfilter/utils.c nf_ip_checksum, nf_ip6_checksum). Of what a tunnel here
 * wrapped, the inside's sum vouches for it; of what came out of VXLAN or WireGuard, they do (skb_csum_unnecessary).
 */
const hasNoSum = ({ packet: { protocol }, carries, vouched }: Skb): boolean =>
  carries === null && !vouched && (protocol === 'ipip' || protocol === 'ipv6');

/**
 * Whether it is the first piece of a packet that nobody has put together here; nothing where that is not known. Nobody is told of the others in any
 * case. What is delivered here IPv4 puts together before INPUT, IPv6 behind it (net/ipv4/ip_input.c ip_local_deliver, net/ipv6/reassembly.c).
 */
function isPiece(skb: Skb, hook: Hook): boolean | undefined {
  if (skb.in === null || (hook === 'INPUT' && familyOf(skb.packet.destination) === 4)) return false;
  return isInPieces(skb.stack, skb);
}

/** Protocols whose sum is one of the packet's length, too: it does not fit a piece (nf_ip_checksum, reject6_csum_ok, nf_reject_ip_tcphdr_get). */
const SUMMED: ReadonlySet<string> = new Set(['tcp', 'udp', 'icmpv6']);

/**
 * Whether nobody is told of it, as it is a piece; nothing where that is not known: of ICMP its content decides, of a tunnel's packet whether it has a
 * sum at all, of what came out of a tunnel whether it was put together and cut again since.
 */
function isUntold(skb: Skb, hook: Hook): boolean | undefined {
  const { protocol } = skb.packet;
  const piece = SUMMED.has(protocol) || protocol === 'icmp' ? isPiece(skb, hook) : false;
  return piece === true && (protocol === 'icmp' || skb.carries !== null || skb.vouched) ? undefined : piece;
}

/** The end of a packet that a rule answers with an error. */
export function rejected(skb: Skb, hook: Hook, kind: string, by: readonly FactRef[], device: string | null): End {
  const says = `${hook}: a rule rejects it with ${kind}`;
  const it = { disposition: 'rejected', code: 'NETFILTER_DROP', says, by, device } as const;
  const untold = isUntold(skb, hook);
  if (untold === true) return end(skb, it);
  if (untold === undefined) {
    const detail = 'whether who sent it is told of its first piece is not known (nf_ip_checksum)';
    return unknown(skb, { of: 'iptables', scope: skb.stack.scope, why: 'not told', detail }, by, device);
  }
  if (kind === 'tcp-reset') return end(skb, { ...it, error: { type: 0, code: 0, reset: true } });
  const error = errorOf(kind);
  if (error !== undefined) return end(skb, hasNoSum(skb) ? it : { ...it, error });
  const detail = `what a rule answers that rejects with ${kind} is not known (net/ipv4/netfilter/ipt_REJECT.c)`;
  return unknown(skb, { of: 'iptables', scope: skb.stack.scope, why: 'not modelled', detail }, by, device);
}
