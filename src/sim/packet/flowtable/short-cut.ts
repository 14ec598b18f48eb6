import type { Link } from '#facts/link/link';
import { type Connection, inverted, type Tuple, tupleOf } from '../conntrack/connection.ts';
import { find } from '../conntrack/find.ts';
import { mtuOf } from '../ip/mtu.ts';
import type { Next } from '../next.ts';
import type { Packet } from '../packet.ts';
import type { Path } from '../route/path.ts';
import { lookup } from '../route/lookup.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

/**
 * A packet of a connection that a flowtable knows goes straight to the neighbour: translated, one hop older, asked by no hook and
 * tracked by nobody (net/netfilter/nf_flow_table_ip.c nf_flow_offload_ip_hook). Nothing for any other packet.
 */
export function shortCut(run: Run, skb: Skb, link: Link): Next | undefined {
  const { stack, packet } = skb;
  const table = flowtableOf(skb, link);
  if (table === undefined || !mayFlow(packet)) return undefined;
  const found = find(run, stack, packet, tupleOf(packet));
  if (found === undefined || found.connection.offloaded !== true) return undefined;
  const { connection, direction } = found;
  const to = inverted(connection[direction === 'original' ? 'reply' : 'original'], packet.protocol);
  const path = routeTo(run, skb, to);
  const back = routeTo(run, skb, inverted(tupleOf(packet), packet.protocol));
  if (path === undefined || back?.dev !== link.name) return undefined;
  const mtu = mtuOf(run, stack, path, to.destination, true);
  if (mtu !== undefined && packet.size > mtu.value) return undefined;
  if (packet.tcp?.fin === true || packet.tcp?.rst === true) return tornDown(run, connection);
  const sent = { ...packet, ...to, ttl: packet.ttl - 1 };
  const says = `${table.of.family} ${table.of.name} knows the flow (flowtable ${table.name}): no rule is asked`;
  const by = [stack.cite('nft', table.of), ...(connection.captured === null ? [] : [connection.captured]), ...path.by];
  return {
    stage: 'neighbour',
    skb: {
      ...skb,
      in: link,
      packet: sent,
      path,
      routedFor: to.destination,
      hop: path.via ?? to.destination,
      track: null,
      bridged: null,
      trail: stepped(skb.trail, 'flowtable', says, by, sent),
    },
  };
}

/** The first flowtable that a device is of. */
function flowtableOf({ stack }: Skb, link: Link) {
  if (stack.nft.is === 'gap') return undefined;
  for (const of of stack.nft.table.tables) {
    const own = of.dormant ? undefined : of.flowtables.find(({ devices }) => devices.includes(link.name));
    if (own !== undefined) return { of, name: own.name };
  }
  return undefined;
}

/** What a flowtable looks at at all (nf_flow_tuple_ip). */
const mayFlow = ({ protocol, fragment, ttl }: Packet): boolean =>
  (protocol === 'tcp' || protocol === 'udp') && fragment === undefined && ttl > 1;

/** The end of a connection goes the usual way, and what follows with it (flow_offload_teardown). */
function tornDown(run: Run, connection: Connection): undefined {
  connection.offloaded = false;
  run.touch();
}

function routeTo(run: Run, { stack }: Skb, { destination }: Tuple): Path | undefined {
  const way = lookup(run, stack, { source: null, destination, iif: 'lo', oif: null, mark: 0, packet: null });
  return way.is === 'path' && way.path.does === 'send' ? way.path : undefined;
}
