import type { Link } from '#facts/link/link';
import { familyOf } from '#net/ip';
import { martian } from '../martian/martian.ts';
import { netfilter } from '../netfilter/hook.ts';
import { end, type IcmpError, type Next, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import { lookup, type RouteAnswer } from '../route/lookup.ts';
import { validateSource } from '../rp-filter/rp-filter.ts';
import type { Run } from '../run.ts';
import { forwards, settingGap } from '../setting.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

/** Takes a frame into the IP layer: not what is another station's, then PREROUTING (net/ipv4/ip_input.c ip_rcv). */
export function receive(run: Run, skb: Skb, link: Link): Next {
  const here = { ...skb, in: link };
  if (skb.cast === 'otherhost') {
    const by = [skb.stack.cite('link', link)];
    return end(here, {
      disposition: 'dropped',
      code: 'OTHERHOST',
      says: `the frame is for ${skb.frame?.to}, but ${link.name} is ${link.mac}`,
      by,
    });
  }
  if (skb.prerouted) return { stage: 'route', skb: { ...here, prerouted: false, bridged: null } };
  const passed = netfilter(run, { ...here, bridged: null }, 'PREROUTING', { in: link, out: null });
  if ('stage' in passed) return passed;
  // Only a tunnel's frame to its own namespace still has its route (skb_valid_dst).
  return passed.path?.does === 'send' ? { stage: 'forward', skb: passed } : { stage: 'route', skb: passed };
}

/** Decides where a packet goes: to this namespace or through it (net/ipv4/route.c ip_route_input_slow). */
export function route(run: Run, skb: Skb): Next {
  const device = skb.in;
  if (device === null) throw new Error('a packet that came in nowhere cannot be routed as received');
  const { packet, stack } = skb;
  const strange = martian(skb, device);
  if (strange !== undefined) return strange;
  const flow = { source: packet.source, destination: packet.destination, iif: device.name, oif: null, mark: packet.mark, packet };
  const answer: RouteAnswer = lookup(run, stack, flow);
  if (answer.is === 'gap') return unknown(skb, answer.gap);
  if (answer.is === 'error') return noRoute(skb, device, answer);
  const { path } = answer;
  if (path.does === 'send') return through(skb, device, answer);
  const valid = device.name === 'lo' ? undefined : validateSource(stack, packet, device, null);
  if (valid?.is === 'gap') return unknown(skb, valid.gap);
  if (valid?.is === 'invalid') return end(skb, { disposition: 'dropped', code: valid.code, says: valid.says, by: valid.by });
  const cast = path.does === 'local' ? skb.cast : path.does;
  return {
    stage: 'deliver',
    skb: { ...skb, cast, path, trail: stepped(skb.trail, 'route', `${packet.destination} is an address of this namespace`, path.by) },
  };
}

/** A packet for elsewhere: forwarding, then the source (__mkroute_input). */
function through(skb: Skb, device: Link, { path }: Extract<RouteAnswer, { is: 'path' }>): Next {
  const { packet, stack } = skb;
  const forwarding = forwards(stack, device.name, familyOf(packet.destination));
  if (forwarding === undefined) return unknown(skb, settingGap(stack, device.name, 'forwarding', `${packet.destination} is elsewhere`));
  if (forwarding.value === 0) return notForwarding(skb, device, forwarding.by);
  const valid = validateSource(stack, packet, device, path.dev);
  if (valid.is === 'gap') return unknown(skb, valid.gap);
  if (valid.is === 'invalid') return end(skb, { disposition: 'dropped', code: valid.code, says: valid.says, by: valid.by });
  const checked = valid.says === '' ? skb.trail : stepped(skb.trail, 'rp-filter', valid.says, valid.by);
  const says = `to ${path.route.to} ${path.via === null ? 'on the link' : `via ${path.via}`} dev ${path.dev}`;
  return { stage: 'forward', skb: { ...skb, path, trail: stepped(checked, 'route', says, path.by) } };
}

const notForwarding = (skb: Skb, device: Link, by: readonly FactRef[]): Next =>
  end(skb, {
    disposition: 'dropped',
    code: 'IP_INADDRERRORS',
    says: `${skb.packet.destination} is elsewhere and ${device.name} does not forward (ip_forward)`,
    by,
  });

const ERRORS: Readonly<Record<string, readonly [code: string, icmp: number | null]>> = {
  ENETUNREACH: ['IP_INNOROUTES', 0],
  EHOSTUNREACH: ['IP_INADDRERRORS', 1],
  EACCES: ['NOT_SPECIFIED', 13],
  EINVAL: ['NOT_SPECIFIED', null],
};

/** No route, or one that refuses: an error to the sender, unless the namespace does not forward at all (ip_error). */
function noRoute(skb: Skb, device: Link, { error, says, by }: Extract<RouteAnswer, { is: 'error' }>): Next {
  const { packet, stack } = skb;
  // IPv6 does not ask whether it forwards before it says so (net/ipv6/route.c ip6_pkt_discard)
  const forwarding = familyOf(packet.destination) === 6 ? null : forwards(stack, device.name, 4);
  if (forwarding === undefined) return unknown(skb, settingGap(stack, device.name, 'forwarding', says));
  if (forwarding?.value === 0) return notForwarding(skb, device, [...forwarding.by, ...by]);
  const [code, icmp] = ERRORS[error] ?? ['NOT_SPECIFIED', null];
  if (icmp === null) return end(skb, { disposition: 'dropped', code, says, by });
  const told: Pick<IcmpError, 'type' | 'code'> = { type: 3, code: icmp };
  return end(skb, { disposition: 'unreachable', code, says, by, error: told });
}
