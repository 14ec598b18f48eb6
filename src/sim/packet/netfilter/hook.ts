import { familyOf } from '#net/ip';
import { type Connection, isCaptured, isUntouched } from '../conntrack/connection.ts';
import { track } from '../conntrack/track.ts';
import { unreadEntries } from '../conntrack/unread.ts';
import { holderOf } from '../nat/port.ts';
import type { Hook } from '../iptables/context.ts';
import { rerouted } from '../ip/routed.ts';
import { answers } from '../ipvs/answers.ts';
import { requests } from '../ipvs/requests.ts';
import { hasIpvs } from '../ipvs/service.ts';
import { type End, end, type Next, unknown } from '../next.ts';
import type { Gap } from '#snapshot/gap';
import { kernelOf } from '../route/kernel.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped, type Trail } from '../trail.ts';
import { filtered } from './filter.ts';
import { translated } from './nat.ts';
import { nativeTables } from './native.ts';
import { type Stage, stagesOf } from './order.ts';
import { type At, deviceOf } from './place.ts';

type Devices = Pick<At, 'in' | 'out'>;

/** Runs all that hangs on a hook: the packet as it leaves it, its end, or where IPVS sends it instead (net/netfilter/core.c nf_hook_slow). */
export function netfilter(run: Run, skb: Skb, hook: 'INPUT' | 'OUTPUT', devices: Devices): Skb | Next;
export function netfilter(run: Run, skb: Skb, hook: 'PREROUTING' | 'FORWARD' | 'POSTROUTING', devices: Devices): Skb | End;
export function netfilter(run: Run, skb: Skb, hook: Hook, devices: Devices): Skb | Next;
export function netfilter(run: Run, skb: Skb, hook: Hook, devices: Devices): Skb | Next {
  const at: At = { hook, family: familyOf(skb.packet.destination), ...devices };
  const native = nativeTables(run, skb, deviceOf(at));
  if ('stage' in native) return native;
  const { iptables } = skb.stack;
  if (iptables.is === 'gap') return unknown(skb, iptables.gap, [], deviceOf(at));
  const { tables } = native;
  const isTracking = iptables.table.tracks.has(at.family) || tables?.tracks.has(at.family) === true;
  const ipvs = hasIpvs(skb.stack, at.family);
  if (!ipvs && iptables.table.tables.length === 0 && iptables.table.covers === true && (tables === null || tables.bases.size === 0))
    return skb;
  let now = skb;
  for (const stage of stagesOf(iptables.table, tables, hook, at.family, ipvs)) {
    const next = runStage(run, now, at, stage, isTracking);
    if ('stage' in next) return next;
    const routed = rerouted(run, next);
    if ('stage' in routed) return routed;
    now = routed;
  }
  return now;
}

function runStage(run: Run, skb: Skb, at: At, stage: Stage, isTracking: boolean): Skb | Next {
  switch (stage.does) {
    case 'track':
      return isTracking ? tracked(run, skb, at) : skb;
    case 'confirm':
      return confirmed(run, skb, deviceOf(at));
    case 'filter':
      return filtered(run, skb, at, stage.registrants);
    case 'nat':
      return translated(run, skb, at, stage.groups);
    case 'ipvs answers':
      return answers(run, skb, at.hook);
    case 'ipvs requests':
      return at.hook === 'INPUT' || at.hook === 'OUTPUT' ? requests(run, skb, at.hook) : skb;
    case 'unread':
      return unread(skb, stage.table);
  }
}

/** A table that no reading covers may hold anything. */
function unread(skb: Skb, table: string): End {
  const detail = `the ${table} table of ${placeText(skb.stack)} was not read`;
  return unknown(skb, { of: 'iptables', scope: skb.stack.scope, why: 'not collected', detail, capture: `iptables-save -c -t ${table}` });
}

/** Finds or makes the packet's connection; a packet of this namespace's own that came over lo has its already. */
function tracked(run: Run, skb: Skb, at: At): Skb | End {
  if (!isUntouched(skb.track)) return skb;
  const found = track(run, skb);
  if ('refused' in found) {
    if (found.refused === 'unknown') return unknown(skb, found.gap, [], deviceOf(at));
    return end(skb, { disposition: 'dropped', code: 'NETFILTER_DROP', says: found.says, by: found.by, device: deviceOf(at) });
  }
  const { connection, minded, assumed } = found;
  const there = assumed === undefined ? skb.trail : stepped(skb.trail, 'conntrack', assumed, []);
  const heard = minded === undefined ? there : stepped(there, 'conntrack', minded.says, minded.by);
  if (connection?.captured == null) return { ...skb, track: found, trail: assumedNew(skb, connection, heard) };
  const says = `belongs to a captured connection: ${connection.original.source} → ${connection.original.destination}, answered by ${connection.reply.source}`;
  return { ...skb, track: found, trail: stepped(heard, 'conntrack', says, [connection.captured]) };
}

/** That the packet opens a connection is told where it is only assumed: the entries were not read. */
function assumedNew({ stack }: Skb, connection: Connection | null, trail: Trail): Trail {
  if (connection === null || connection.confirmed || unreadEntries(stack) === undefined) return trail;
  const { source, destination } = connection.original;
  const says = `what ${placeText(stack)} tracks was not read: ${source} → ${destination} is taken as a new connection`;
  return stepped(trail, 'conntrack', says, []);
}

/** Of a captured entry that nothing was translated of it is not told whether NAT was asked about it (IPS_NAT_DONE_MASK). */
const isUntold = (connection: Connection): boolean => {
  const { original, reply } = connection;
  const isSame = reply.source === original.destination && reply.destination === original.source;
  const hasSamePorts = reply.sourcePort === original.destinationPort && reply.destinationPort === original.sourcePort;
  return isCaptured(connection) && isSame && hasSamePorts;
};

const untold = ({ stack }: Skb, { original }: Connection): Gap => ({
  of: 'conntrack',
  scope: stack.scope,
  why: 'not told',
  detail: `${original.source} → ${original.destination} has the answers' tuple: a packet joins it only if NAT was never asked about it, which no listing tells`,
});

/**
 * Whether a packet may join a connection that is not its own, up to Linux 6.11: of UDP, if that one was never asked about NAT. Since then
 * only the same flow is joined (nf_ct_can_merge), which tracking finds. What has no ports never joins: allow_clash of
 * nf_conntrack_l4proto_generic is newer.
 */
const joins = ({ stack }: Skb, { protocol }: Connection): boolean => protocol === 'udp' && !kernelOf(stack, [6, 12]);

/**
 * Puts the packet's connection into the table; where another one has its answers' tuple, the packet is lost (__nf_conntrack_confirm,
 * nf_ct_resolve_clash), unless it may join that one. An error about a reset goes the connection's own way again, and puts it there in place
 * of the packet that was rejected.
 */
export function confirmed(run: Run, skb: Skb, device: string | null): Skb | End {
  const connection = skb.track?.connection ?? null;
  if (connection === null || connection.confirmed || skb.track?.direction !== 'original') return skb;
  const holder = holderOf(run, skb.stack, connection, connection.reply);
  if (holder === undefined) {
    run.confirm(skb.stack, connection);
    return skb;
  }
  if (joins(skb, connection)) {
    if (!holder.sourceDone && !holder.destinationDone) return { ...skb, track: { ...skb.track, connection: holder } };
    if (isUntold(holder)) return unknown(skb, untold(skb, holder), holder.captured === null ? [] : [holder.captured], device);
  }
  const says = `another connection has the answers' tuple: ${holder.original.source} → ${holder.original.destination}`;
  const by = holder.captured === null ? connection.boundBy : [holder.captured];
  return end(skb, { disposition: 'dropped', code: 'NETFILTER_DROP', says, by, device });
}
