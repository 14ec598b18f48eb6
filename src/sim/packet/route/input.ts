import type { Link } from '#facts/link/link';
import { cidrOf } from '#net/cidr';
import { bitsOf, type Family, familyOf, isLimitedBroadcast, isLinkLocal, isMulticast } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import { plainRoute } from '#facts/route/own-routes';
import { isMember } from '../group/member.ts';
import { isZeroNet, letIn, martian4, martianToGroup, type Strange } from '../martian/martian.ts';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { validateSource } from '../rp-filter/rp-filter.ts';
import type { Run } from '../run.ts';
import { both, forwards, type Read, settingGap } from '../setting.ts';
import { isInPieces } from '../pieces.ts';
import type { Skb } from '../skb.ts';
import { labelledAs } from './hashed.ts';
import { lookup, type RouteAnswer, type RouteFlow } from './lookup.ts';
import type { Path } from './path.ts';

type Refused = Extract<RouteAnswer, { is: 'error' }>;

/** What a namespace does with a packet that came in by a device. */
export type Input =
  | { readonly is: 'for us' | 'forward'; readonly path: Path; readonly says: string; readonly by: readonly FactRef[] }
  /** Nowhere to go; `forwards` tells whether the sender is told (ip_error). */
  | { readonly is: 'refused'; readonly error: Refused; readonly forwards: Read | null }
  | Strange;

/** What its route goes by. */
type Arrived = Pick<Skb, 'packet' | 'labelled' | 'wire' | 'carries'>;

/**
 * Decides where a packet goes that came in by a device: to this namespace or through it (net/ipv4/route.c ip_route_input_rcu,
 * net/ipv6/route.c ip6_route_input). `hooked`: whose PREROUTING it passed, where that is another namespace's.
 */
export function inputRoute(run: Run | null, stack: Stack, skb: Arrived, device: Link, hooked = stack): Input {
  const { packet } = skb;
  const inPieces = isInPieces(hooked, skb);
  if (inPieces === undefined && asksPorts(stack, familyOf(packet.destination))) return { is: 'gap', gap: untoldPieces(hooked, packet) };
  // what rules ask for is not looked for in pieces, the first one's ports neither (skb_flow_dissect_flow_keys)
  const asked = inPieces === true ? { ...skb, packet: { ...packet, sourcePort: 0, destinationPort: 0 } } : skb;
  return familyOf(packet.destination) === 4 ? input4(run, stack, asked, device) : input6(run, stack, asked, device);
}

/** Whether a policy rule asks for ports, of which pieces have none. */
const asksPorts = ({ rules }: Stack, family: Family): boolean =>
  rules.is === 'seen' &&
  rules.table[family].some(({ sourcePorts, destinationPorts }) => (sourcePorts ?? destinationPorts ?? null) !== null);

const untoldPieces = ({ scope }: Stack, { destination }: Packet): Gap => {
  const detail = `whether the pieces of a packet to ${destination} are put together before it is routed is not known: then rules for ports speak of it`;
  return { of: 'iptables', scope, why: 'not collected', detail };
};

const flowOf = (skb: Arrived, device: Link): RouteFlow => ({
  source: skb.packet.source,
  destination: skb.packet.destination,
  iif: device.name,
  oif: null,
  mark: skb.packet.mark,
  packet: skb.packet,
  arrived: skb,
  hashed: skb.labelled,
});

function input4(run: Run | null, stack: Stack, skb: Arrived, device: Link): Input {
  const { packet } = skb;
  if (isMulticast(packet.destination)) return group(stack, packet, device);
  const strange = martian4(stack, packet, device);
  if (strange !== undefined) return strange;
  if (isLimitedBroadcast(packet.destination) || packet.destination === '0.0.0.0')
    return broadcast(stack, packet, device, direct(packet, device, 'broadcast'));
  const answer = lookup(run, stack, flowOf(skb, device));
  if (answer.is === 'gap') return answer;
  const forwarding = forwards(stack, device.name, 4);
  if (answer.is === 'error') {
    if (forwarding.is === 'gap') return { is: 'gap', gap: settingGap(forwarding, answer.says) };
    return { is: 'refused', error: answer, forwards: forwarding };
  }
  const { path } = answer;
  if (path.does === 'broadcast') return broadcast(stack, packet, device, path);
  if (path.does === 'local') return checked(stack, packet, device, path, null);
  if (forwarding.is === 'gap') return { is: 'gap', gap: settingGap(forwarding, `${packet.destination} is elsewhere`) };
  if (forwarding.value === 0) return { is: 'refused', error: elsewhere(packet, device, path), forwards: forwarding };
  if (path.does !== 'send')
    return { is: 'drop', code: 'IP_INVALID_DEST', says: `the route to ${packet.destination} is for no single machine`, by: path.by };
  return checked(stack, packet, device, path, path.dev);
}

const elsewhere = ({ destination }: Packet, device: Link, { by }: Path): Refused => ({
  is: 'error',
  error: 'EHOSTUNREACH',
  says: `${destination} is elsewhere and ${device.name} does not forward (ip_forward)`,
  by,
});

/** The source of a packet for one machine (fib_validate_source). */
function checked(stack: Stack, packet: Packet, device: Link, path: Path, oif: string | null): Input {
  const valid = validateSource(stack, packet, device, oif);
  if (valid.is === 'gap') return valid;
  if (valid.is === 'invalid') return { ...valid, is: 'drop' };
  const loopback = letIn(stack, packet, device);
  const says = [loopback.says, valid.says].filter(Boolean).join('; ');
  return { is: oif === null ? 'for us' : 'forward', path, says, by: [...loopback.by, ...valid.by] };
}

/** A broadcast is taken in, its source checked as if it were for no address (brd_input); with bc_forwarding it goes on too. */
function broadcast(stack: Stack, packet: Packet, device: Link, path: Path): Input {
  const passesOn = both(stack, device.name, 'bc_forwarding');
  const isDirected = path.route.origin.file !== '';
  const detail = `${device.name} passes directed broadcasts on (bc_forwarding)`;
  if (isDirected && passesOn.is === 'gap') return { is: 'gap', gap: settingGap(passesOn, detail) };
  if (isDirected && passesOn.is === 'seen' && passesOn.value > 0) {
    return { is: 'gap', gap: { of: 'sysctl', scope: stack.scope, why: 'not modelled', detail } };
  }
  if (isZeroNet(packet.source)) return { is: 'for us', path, says: '', by: [] };
  const valid = validateSource(stack, { ...packet, destination: '0.0.0.0' as Packet['destination'] }, device, null);
  if (valid.is === 'gap') return valid;
  return valid.is === 'invalid' ? { ...valid, is: 'drop' } : { is: 'for us', path, says: valid.says, by: valid.by };
}

/** A multicast packet is taken in by who listens to its group; it is not passed on (ip_mc_validate_source, ip6_mc_input). */
function group(stack: Stack, packet: Packet, device: Link): Input {
  const member = isMember(stack, device, packet.destination);
  if (member === undefined) {
    const detail = `the multicast groups of ${device.name} were not read`;
    const gap: Gap = { of: 'group-membership', scope: stack.scope, why: 'not collected', detail };
    return { is: 'gap', gap };
  }
  if (!member)
    return { is: 'drop', code: 'NOT_SPECIFIED', says: `nobody behind ${device.name} listens to the group ${packet.destination}`, by: [] };
  const strange = familyOf(packet.destination) === 4 ? martianToGroup(stack, packet, device) : undefined;
  if (strange !== undefined) return strange;
  const path = direct(packet, device, 'multicast');
  if (familyOf(packet.destination) === 6 || packet.source === '0.0.0.0') return { is: 'for us', path, says: '', by: [] };
  const valid = validateSource(stack, { ...packet, destination: '0.0.0.0' as Packet['destination'] }, device, null);
  if (valid.is === 'gap') return valid;
  return valid.is === 'invalid' ? { ...valid, is: 'drop' } : { is: 'for us', path, says: valid.says, by: valid.by };
}

/** What needs no route: everyone on the link, or a group. */
function direct({ destination }: Packet, device: Link, does: 'broadcast' | 'multicast'): Path {
  const route = { ...plainRoute(cidrOf(destination, bitsOf(familyOf(destination))), device.name, { type: does }), origin: { file: '' } };
  const hop = { dev: device.name, via: null, onlink: false, weight: 1, dead: false };
  return { does, dev: device.name, via: null, onlink: false, route, hop, source: null, mtu: null, by: [] };
}

function input6(run: Run | null, stack: Stack, skb: Arrived, device: Link): Input {
  const { packet } = skb;
  const { destination } = packet;
  if (isMulticast(destination)) return group(stack, packet, device);
  const strict = isLinkLocal(destination) ? { strict: true as const } : {};
  const answer = lookup(run, stack, { ...flowOf(skb, device), labelled: () => labelledAs(skb), prefers: device.name, ...strict });
  if (answer.is === 'gap') return answer;
  if (answer.is === 'error') return { is: 'refused', error: answer, forwards: null };
  const { path } = answer;
  return { is: path.does === 'send' ? 'forward' : 'for us', path, says: '', by: [] };
}
