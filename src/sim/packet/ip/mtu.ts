import { familyOf, type Ip } from '#net/ip';
import type { Stack } from '#dataplane/stack';
import { type End, end, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Path } from '../route/path.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';

/** The largest packet that a path takes, with what says so. */
export type Mtu = { readonly value: number; readonly by: readonly FactRef[] };

/** The route's, the device's or a learnt path MTU (net/ipv4/route.c ipv4_mtu, ip_dst_mtu_maybe_forward). */
export function mtuOf(run: Run, stack: Stack, path: Path, destination: Ip): Mtu | undefined {
  if (path.does === 'local') return { value: 65536, by: [] };
  const link = stack.link(path.dev);
  const own = path.mtu ?? link?.mtu;
  const learnt = run.pathMtu(stack, destination);
  if (own === undefined) return learnt === undefined ? undefined : { value: learnt, by: [] };
  const by = path.mtu === null && link !== undefined ? [stack.cite('link', link)] : path.by;
  return learnt !== undefined && learnt < own ? { value: learnt, by } : { value: own, by };
}

/** Every link takes this much (RFC 791), so an MTU that was not read does not matter below it. */
const ALWAYS_FITS = 576;

/** The end of a packet that is too big and must not be cut into pieces (ip_exceeds_mtu), or nothing. */
export function fitted(skb: Skb, mtu: Mtu | undefined): End | undefined {
  const { packet, stack } = skb;
  if (packet.size <= ALWAYS_FITS) return undefined;
  const device = skb.path?.dev ?? null;
  if (mtu === undefined)
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail: `the MTU of ${device} was not read` });
  // Routers do not fragment IPv6.
  const whole = packet.df || (skb.in !== null && familyOf(packet.destination) === 6);
  if (packet.size <= mtu.value || !whole) return undefined;
  const says = `${packet.size} bytes do not fit the ${mtu.value} of ${device}, and it must not be fragmented`;
  return end(skb, {
    disposition: 'too big',
    code: 'PKT_TOO_BIG',
    says,
    by: mtu.by,
    error: { type: 3, code: 4, mtu: mtu.value },
    ...(skb.in === null ? { device } : {}),
  });
}
