import { familyOf } from '#net/ip';
import type { NftBase } from '#dataplane/nft';
import type { Context } from '../iptables/context.ts';
import { traverse } from '../iptables/traverse.ts';
import type { Verdict } from '../iptables/verdict.ts';
import type { NftContext } from '../nft/context.ts';
import type { ArpMessage } from '../nft/arp-message.ts';
import { tableText, traverseNft } from '../nft/traverse.ts';
import type { End } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import type { Station } from './order.ts';
import type { At } from './place.ts';
import { ended, isTrivial, sentence } from './verdict.ts';

/** What a table or base chain made of a packet; no verdict where it has nothing on this hook. */
export type Visited = { readonly skb: Skb; readonly verdict: Verdict | undefined };

/** Walks one table of iptables, or one base chain of nft. */
export const visit = (run: Run, skb: Skb, at: At, station: Station): Visited =>
  station.is === 'iptables' ? visitTable(run, skb, at, station) : visitChain(run, skb, at, station.base);

/** The same, to the end that the verdict means. */
export function pass(run: Run, skb: Skb, at: At, station: Station): Skb | End {
  const { skb: now, verdict } = visit(run, skb, at, station);
  return verdict === undefined ? now : (ended(now, at, verdict) ?? rerouted(skb, now, at, station));
}

function visitTable(run: Run, skb: Skb, at: At, { table }: Extract<Station, { is: 'iptables' }>): Visited {
  const context: Context = {
    stack: skb.stack,
    hook: at.hook,
    table: table.fact.table,
    backend: table.fact.backend,
    in: at.in,
    out: at.out,
    bridged: skb.bridged,
    cast: skb.cast,
    fromMac: skb.frame?.from ?? null,
    toMac: skb.frame?.to ?? null,
    own: skb.in === null,
    owner: skb.owner,
    isOfKernel: skb.isOfKernel,
    at: run.at,
    notes: run.notes,
    rounds: run.rounds,
    sender: run.sender,
    packet: skb.packet,
    track: skb.track,
    diverted: skb.diverted,
  };
  const verdict = traverse(run, table, context);
  if (verdict === undefined) return { skb, verdict };
  const { packet, track, diverted = null } = context;
  const isSame = packet === skb.packet && track === skb.track && diverted === skb.diverted;
  const now = isSame ? skb : { ...skb, packet, track, diverted };
  return { skb: told(now, skb, verdict, 'iptables', table.fact.table), verdict };
}

/** Walks one base chain of nft; `arp` is what it sees in the place of an IP packet. */
export function visitChain(run: Run, skb: Skb, at: Pick<At, 'family' | 'in' | 'out'>, base: NftBase, arp?: ArpMessage): Visited {
  const { table, chain, chains } = base;
  const context: NftContext = {
    run,
    stack: skb.stack,
    table,
    hook: base.hook.hook,
    family: at.family,
    in: at.in,
    out: at.out,
    skb,
    packet: skb.packet,
    track: skb.track,
    frame: skb.frame,
    diverted: skb.diverted,
    at: '',
    scope: base.hook.type === 'nat' ? 'connection' : 'packet',
    ...(arp === undefined ? {} : { arp }),
  };
  const verdict = traverseNft(context, chain, chains);
  const { packet, track, frame, diverted } = context;
  const isSame = packet === skb.packet && track === skb.track && frame === skb.frame && diverted === skb.diverted;
  const now = isSame ? skb : { ...skb, packet, track, frame, diverted };
  return { skb: told(now, skb, verdict, 'nft', tableText(table)), verdict };
}

/** The packet with a step that says what was decided, unless nothing was. */
function told(now: Skb, before: Skb, verdict: Verdict, element: string, table: string): Skb {
  if (isTrivial(verdict) && verdict.counted.length === 0) return now;
  if (element === 'iptables' && isTrivial(verdict)) return now;
  const changed = now.packet === before.packet ? undefined : now.packet;
  return {
    ...now,
    trail: stepped(now.trail, element, `${table} ${sentence(verdict)}`, verdict.by, changed, verdict.counted, verdict.mayCount),
  };
}

/**
 * What a packet of this namespace's own goes by, and IPv6's hop limit: a table that may route it anew does when it changed this
 * (ipt_mangle_out, ip6t_mangle_out, nft_chain_route.c).
 */
function rerouted(before: Skb, now: Skb, { hook }: At, station: Station): Skb {
  if (hook !== 'OUTPUT' || now.packet === before.packet) return now;
  const routes = station.is === 'iptables' ? station.table.fact.table === 'mangle' : station.base.hook.type === 'route';
  const [one, other] = [before.packet, now.packet];
  const isTurned = one.source !== other.source || one.destination !== other.destination;
  const isAged = one.ttl !== other.ttl && familyOf(other.source) === 6;
  const isChanged = isTurned || isAged || one.mark !== other.mark || (one.tos ?? 0) !== (other.tos ?? 0);
  return routes && isChanged ? { ...now, reroute: true } : now;
}
