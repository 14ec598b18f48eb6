import type { Link } from '#facts/link/link';
import { familyOf } from '#net/ip';
import type { IndexedTable } from '#dataplane/iptables';
import { originText } from '#snapshot/origin';
import { UNTRACKED } from '../conntrack/connection.ts';
import { track } from '../conntrack/track.ts';
import type { Context, Hook } from '../iptables/context.ts';
import { traverse, type Verdict } from '../iptables/traverse.ts';
import { bind, manipulated, rewritten } from '../nat/rewrite.ts';
import { type End, end, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { nativeChains } from './native.ts';
import { rejected } from './reject.ts';

type Part = 'raw' | 'conntrack' | 'mangle' | 'nat' | 'filter' | 'security' | 'confirm';

/** What runs at each hook, in order of priority (include/uapi/linux/netfilter_ipv4.h enum nf_ip_hook_priorities). */
const ORDER: Readonly<Record<Hook, readonly Part[]>> = {
  PREROUTING: ['raw', 'conntrack', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'security', 'nat', 'confirm'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['raw', 'conntrack', 'mangle', 'nat', 'filter', 'security'],
  POSTROUTING: ['mangle', 'nat', 'confirm'],
};

/** Where a packet is when a hook is asked. */
type Devices = { readonly in: Link | null; readonly out: Link | null };

/** Runs all tables of a hook: the packet as they leave it, or its end (net/netfilter/core.c nf_hook_slow). */
export function netfilter(run: Run, skb: Skb, hook: Hook, devices: Devices): Skb | End {
  const { iptables } = skb.stack;
  const family = familyOf(skb.packet.destination);
  const native = nativeChains(run, skb, hook, family, devices);
  if (native !== undefined) return native;
  if (iptables.is === 'gap') return unknown(skb, iptables.gap, [], (devices.in ?? devices.out)?.name ?? null);
  const { covers, tables, tracks } = iptables.table;
  if (tables.length === 0 && covers === true) return skb;
  let now = skb;
  for (const part of ORDER[hook]) {
    const next = onePart(run, now, hook, devices, part, tables, tracks, family);
    if ('stage' in next) return next;
    now = next;
  }
  return now;
}

function onePart(
  run: Run,
  skb: Skb,
  hook: Hook,
  devices: Devices,
  part: Part,
  all: readonly IndexedTable[],
  tracks: boolean,
  family: 4 | 6,
): Skb | End {
  if (part === 'conntrack') return tracks ? tracked(run, skb) : skb;
  if (part === 'confirm') return confirmed(run, skb);
  const tables = all.filter(({ fact }) => fact.table === part && fact.family === family);
  if (tables.length === 0) {
    const missing = uncovered(skb, part, family);
    if (missing !== undefined) return missing;
  }
  if (part === 'nat') return translated(run, skb, hook, devices, tables);
  let now = skb;
  for (const table of tables) {
    const next = filtered(run, now, hook, devices, table);
    if ('stage' in next) return next;
    now = next;
  }
  return now;
}

/** A table that no reading covers may hold anything. */
function uncovered(skb: Skb, part: string, family: 4 | 6): End | undefined {
  const { iptables } = skb.stack;
  if (iptables.is === 'gap') return undefined;
  const { covers } = iptables.table;
  if (covers === true || covers.some((one) => one.startsWith(`${family} `) && one.endsWith(` ${part}`))) return undefined;
  const detail = `the ${part} table of ${placeText(skb.stack)} was not read`;
  return unknown(skb, { of: 'iptables', scope: skb.stack.scope, why: 'not collected', detail, capture: `iptables-save -c -t ${part}` });
}

/** Finds or makes the packet's connection; a packet of this namespace's own that came over lo has its already. */
function tracked(run: Run, skb: Skb): Skb {
  if (skb.track !== null) return skb;
  const found = track(run, skb.stack, skb.packet);
  const { connection } = found;
  if (connection?.captured == null) return { ...skb, track: found };
  const says = `belongs to a captured connection: ${connection.original.source} → ${connection.original.destination}, answered by ${connection.reply.source}`;
  return { ...skb, track: found, trail: stepped(skb.trail, 'conntrack', says, [connection.captured]) };
}

function confirmed(run: Run, skb: Skb): Skb {
  const connection = skb.track?.connection ?? null;
  if (connection !== null && !connection.confirmed && skb.track?.state === 'NEW') run.confirm(skb.stack, connection);
  return skb;
}

const contextOf = (skb: Skb, hook: Hook, devices: Devices, table: Context['table']): Context => ({
  stack: skb.stack,
  hook,
  table,
  in: devices.in,
  out: devices.out,
  bridged: skb.bridged,
  cast: skb.cast,
  fromMac: skb.frame?.from ?? null,
  own: skb.in === null,
  packet: skb.packet,
  track: skb.track,
});

/** One filtering table: raw, mangle, filter or security. */
function filtered(run: Run, skb: Skb, hook: Hook, devices: Devices, table: IndexedTable): Skb | End {
  const context = contextOf(skb, hook, devices, table.fact.table);
  const verdict = traverse(run, table, context);
  if (verdict === undefined) return skb;
  const trail = isTrivial(verdict)
    ? skb.trail
    : stepped(skb.trail, 'iptables', `${table.fact.table} ${sentence(verdict)}`, verdict.by, changed(skb, context), verdict.counted);
  const now = { ...skb, packet: context.packet, track: context.track, trail };
  return ended(now, hook, devices, verdict) ?? now;
}

const changed = (skb: Skb, context: Context) => (context.packet === skb.packet ? undefined : context.packet);

/** Nothing but an accepting policy was met: not worth a step. */
const isTrivial = (verdict: Verdict): boolean => verdict.is === 'accept' && verdict.by.length === 0 && verdict.counted.length <= 1;

function sentence(verdict: Verdict): string {
  switch (verdict.is) {
    case 'accept':
      return verdict.way.includes('policy') ? verdict.way : `${verdict.way}: ACCEPT`;
    case 'drop':
      return verdict.way.includes('policy') ? verdict.way : `${verdict.way}: DROP`;
    case 'reject':
      return `${verdict.way}: REJECT with ${verdict.with}`;
    case 'rewrite':
      return `${verdict.way}: rewrites the ${verdict.rewrite.what}`;
    case 'unknown':
      return `${verdict.way}: ${verdict.gap.detail}`;
  }
}

/** The end that a verdict means. */
function ended(skb: Skb, hook: Hook, devices: Devices, verdict: Verdict): End | undefined {
  const device = (devices.in ?? devices.out)?.name ?? null;
  const decisive = verdict.by.slice(-1);
  if (verdict.is === 'unknown') return unknown(skb, verdict.gap, decisive, device);
  if (verdict.is === 'reject') return rejected(skb, hook, verdict.with, decisive, device);
  if (verdict.is !== 'drop') return undefined;
  const where = decisive[0] === undefined ? '' : ` (${originText(decisive[0].origin)})`;
  return end(skb, { disposition: 'dropped', code: 'NETFILTER_DROP', says: `${sentence(verdict)}${where}`, by: decisive, device });
}

/** The nat tables: asked once per connection and direction, then only its bindings are applied (nf_nat_inet_fn). */
function translated(run: Run, skb: Skb, hook: Hook, devices: Devices, tables: readonly IndexedTable[]): Skb | End {
  const connection = skb.track?.connection ?? null;
  if (skb.track === null || connection === null || skb.track === UNTRACKED) return skb;
  let now = skb;
  const what = manipulated(hook);
  const isDone = what === 'source' ? connection.sourceDone : connection.destinationDone;
  if (!isDone && skb.track.state === 'NEW') {
    const asked = boundBy(run, skb, hook, devices, tables);
    if ('stage' in asked) return asked;
    now = asked;
    if (what === 'source') connection.sourceDone = true;
    else connection.destinationDone = true;
  }
  const packet = rewritten(now.packet, skb.track, hook);
  if (packet === now.packet) return now;
  const trail = stepped(
    now.trail,
    'nat',
    natSentence(now, packet, what),
    connection.captured === null ? connection.boundBy : [connection.captured],
    packet,
  );
  return { ...now, packet, trail };
}

const endText = (address: string, port: number): string => (port === 0 ? address : `${address}:${port}`);

function natSentence({ packet: before }: Skb, after: Skb['packet'], what: 'source' | 'destination'): string {
  return what === 'source'
    ? `source ${endText(before.source, before.sourcePort)} becomes ${endText(after.source, after.sourcePort)}`
    : `destination ${endText(before.destination, before.destinationPort)} becomes ${endText(after.destination, after.destinationPort)}`;
}

/** Asks the nat tables for a binding; the first that gives one decides. */
function boundBy(run: Run, skb: Skb, hook: Hook, devices: Devices, tables: readonly IndexedTable[]): Skb | End {
  const connection = skb.track?.connection ?? null;
  if (connection === null) return skb;
  let now = skb;
  for (const table of tables) {
    const context = contextOf(now, hook, devices, 'nat');
    const verdict = traverse(run, table, context);
    if (verdict === undefined) continue;
    const trail = isTrivial(verdict)
      ? now.trail
      : stepped(now.trail, 'iptables', `nat ${sentence(verdict)}`, verdict.by, changed(now, context), verdict.counted);
    now = { ...now, packet: context.packet, trail };
    const stopped = ended(now, hook, devices, verdict);
    if (stopped !== undefined) return stopped;
    if (verdict.is !== 'rewrite' || verdict.rewrite.what !== manipulated(hook)) continue;
    const bound = bind(run, now.stack, connection, verdict.rewrite, { ...devices, hook, hop: now.hop, rule: verdict.way });
    if (bound.is === 'gap') return unknown(now, bound.gap, verdict.by);
    connection.boundBy = [...connection.boundBy, ...verdict.by.slice(-1), ...bound.by];
    break;
  }
  return now;
}
