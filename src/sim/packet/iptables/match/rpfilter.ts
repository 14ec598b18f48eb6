import { familyOf, isLinkLocal, isLimitedBroadcast, isMulticast } from '#net/ip';
import { isZeroNet } from '../../martian/martian.ts';
import { portless } from '../../route/flow.ts';
import { lookup, type RouteFlow } from '../../route/lookup.ts';
import { type Answer, type Compile, type Context, negated } from '../context.ts';

type Way = { readonly loose: boolean; readonly validMark: boolean; readonly acceptLocal: boolean };

/** `-m rpfilter` (net/ipv4/netfilter/ipt_rpfilter.c rpfilter_mt, net/ipv6/netfilter/ip6t_rpfilter.c rpfilter_mt). */
export const rpfilter: Compile = (options) => {
  const way: Way = { loose: options.has('loose'), validMark: options.has('validmark'), acceptLocal: options.has('accept-local') };
  return negated(options.has('invert'), (context) =>
    familyOf(context.packet.source) === 4 ? passes4(context, way) : passes6(context, way),
  );
};

function passes4(context: Context, way: Way): Answer {
  const { packet } = context;
  if (context.in === null || context.in.name === 'lo') return true;
  const isGroup = isMulticast(packet.destination) || isLimitedBroadcast(packet.destination);
  if (isZeroNet(packet.source) && (isLimitedBroadcast(packet.destination) || packet.destination.startsWith('224.0.0.'))) return true;
  return answered(context, way, { source: isGroup || isZeroNet(packet.destination) ? null : packet.destination, oif: null });
}

function passes6(context: Context, way: Way): Answer {
  const { packet } = context;
  if (context.in === null || context.in.name === 'lo' || packet.source === '::') return true;
  const bound = !way.loose || isLinkLocal(packet.source);
  return answered(context, way, {
    source: isMulticast(packet.destination) ? null : packet.destination,
    oif: bound ? context.in.name : null,
    anyMetric: true,
  });
}

/**
 * Whether the answer's route leads back by the device that the packet came in by. It is asked for with the packet's type of service, in
 * IPv6 also with what its first header says follows, which of a piece is no protocol (rpfilter_lookup_reverse6).
 */
function answered({ stack, packet, in: device }: Context, way: Way, by: Pick<RouteFlow, 'source' | 'oif' | 'anyMetric'>): Answer {
  const follows = familyOf(packet.source) === 6 && packet.fragment === undefined ? packet.protocol : null;
  const mark = way.validMark ? packet.mark : 0;
  const answer = lookup(null, stack, { ...by, destination: packet.source, iif: 'lo', mark, packet: portless(packet, follows) });
  if (answer.is === 'gap') return { gap: answer.gap };
  if (answer.is === 'error') return false;
  const { route, does } = answer.path;
  if (does === 'local' && familyOf(packet.source) === 6) return way.acceptLocal;
  if (does !== 'send' && !(does === 'local' && way.acceptLocal)) return false;
  return way.loose || route.hops.some(({ dev }) => dev === device?.name);
}
