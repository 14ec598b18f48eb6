import type { Link } from '#facts/link/link';
import type { NftBase } from '#dataplane/nft';
import { familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { originText } from '#snapshot/origin';
import { type End, end, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import { untold } from '../untold.ts';
import type { Skb } from '../skb.ts';
import { circling, sentence } from './verdict.ts';
import { visitChain } from './station.ts';

/** Hooks of a bridge, as nft calls them. */
export type BridgeHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** The ports that a bridge's hook is asked about. */
type Devices = { readonly in: Link | null; readonly out: Link | null };

/** Where br_netfilter shows a packet to iptables, among a bridge's own chains (include/uapi/linux/netfilter_bridge.h). */
const IPTABLES = 0;

/**
 * Runs native chains of a bridge (net/netfilter/nft_chain_filter.c nft_do_chain_bridge): those that come before br_netfilter, or
 * those after it.
 */
export function bridgeHook(run: Run, skb: Skb, hook: BridgeHook, devices: Devices, part: 'before iptables' | 'after iptables'): Skb | End {
  const isBefore = part === 'before iptables';
  return chains(run, skb, devices, hook, ({ table, hook: { priority } }) => table.family === 'bridge' && priority < IPTABLES === isBefore);
}

/** Runs what hangs on a device itself, before the bridge and the IP layer (net/core/dev.c nf_ingress). */
export const ingress = (run: Run, skb: Skb, link: Link): Skb | End =>
  chains(run, skb, { in: link, out: null }, 'ingress', (base) => hangsOn(run, skb, base, link));

/** Runs what hangs on a device that a frame leaves by (net/core/dev.c nf_hook_egress). */
export const egress = (run: Run, skb: Skb, link: Link): Skb | End =>
  chains(run, skb, { in: null, out: link }, 'egress', (base) => hangsOn(run, skb, base, link));

/** Whether a chain is of this device; a form that does not tell its devices leaves it open. */
function hangsOn(run: Run, { stack }: Skb, { table, chain, hook }: NftBase, link: Link): boolean {
  if (table.family !== 'netdev' && table.family !== 'inet') return false;
  if (hook.devices !== undefined) return hook.devices.includes(link.name);
  const detail = `${originText(chain.origin)}: the devices of ${chain.name} are not told`;
  const [at, by] = [`${chain.name} on ${link.name}`, [stack.cite('nft', table)]];
  const missing = { of: 'nft', why: 'not told' } as const;
  return untold(run, stack, { at, of: 'device not told', options: ['no', 'yes'], detail, missing, by }) === 1;
}

function chains(run: Run, skb: Skb, devices: Devices, hook: string, isAsked: (base: NftBase) => boolean): Skb | End {
  const { nft } = skb.stack;
  const bases = nft.is === 'seen' ? (nft.table.bases.get(hook) ?? []) : [];
  if (bases.length === 0) return skb;
  let now = skb;
  // of one priority what was made last is asked first (net/netfilter/core.c nf_hook_entries_grow)
  const inOrder = bases
    .filter(isAsked)
    .toReversed()
    .toSorted((one, other) => one.hook.priority - other.hook.priority);
  for (const base of inOrder) {
    const next = oneChain(run, now, devices, base);
    if ('stage' in next) return next;
    now = next;
  }
  return now;
}

function oneChain(run: Run, skb: Skb, devices: Devices, base: NftBase): Skb | End {
  const device = (devices.in ?? devices.out)?.name ?? null;
  const { skb: now, verdict } = visitChain(run, skb, { family: familyOf(skb.packet.destination), ...devices }, base);
  if (verdict === undefined || verdict.is === 'accept') return now;
  const by = verdict.by.slice(-1);
  if (verdict.is === 'unknown') return unknown(now, verdict.gap, by, device);
  if (verdict.is === 'looped') return circling(now, verdict, device);
  if (verdict.is === 'drop' || verdict.is === 'unheard') {
    const code = verdict.is === 'drop' ? 'NETFILTER_DROP' : 'NOT_SPECIFIED';
    return end(now, { disposition: 'dropped', code, says: `${base.table.name} ${sentence(verdict)}`, by, device });
  }
  const detail = `${base.chain.name}: what a bridge or device answers or rewrites is not modelled`;
  const gap: Gap = { of: 'nft', scope: skb.stack.scope, why: 'not modelled', detail };
  return unknown(now, gap, by, device);
}
