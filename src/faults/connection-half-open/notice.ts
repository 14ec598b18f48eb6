import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import { type Expiry, expiryOf, RTO_MAX_MS, USUAL_HZ } from '#sim/plane/tcp-retransmission/tcp-retransmission';
import type { Scope } from '#snapshot/scope';

/** When the kernel will tell the owner, with the setting that it rests on. */
export type Notice = Expiry & { readonly retries2: number; readonly setting: FactOf<'sysctl'> };

/** Predicts from the socket's own timer; nothing when its state or the setting was not read. */
export function noticeOf({ tcp, timer }: FactOf<'socket'>, { node, netns }: Scope, view: View): Notice | undefined {
  const settings = view.seen('sysctl', { node, netns });
  const named = (name: string): FactOf<'sysctl'> | undefined =>
    settings.is === 'gap' ? undefined : settings.value.find((one) => one.name === name);
  const setting = named('net.ipv4.tcp_retries2');
  const firesInMs = timer?.expiresMs;
  if (setting === undefined || tcp == null || tcp.rtoMs === undefined || firesInMs === undefined || firesInMs === null) return undefined;
  const retries2 = Number(setting.value);
  const rtoMaxMs = Number(named('net.ipv4.tcp_rto_max_ms')?.value ?? RTO_MAX_MS);
  if (!Number.isInteger(retries2) || !(rtoMaxMs > 0)) return undefined;
  return { ...expiryOf({ rtoMs: tcp.rtoMs, backoff: tcp.backoff ?? 0, firesInMs, retries2, rtoMaxMs, hz: USUAL_HZ }), retries2, setting };
}
