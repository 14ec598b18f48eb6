import { familyOf, isLinkLocal, isLoopback, isMulticast } from '#net/ip';
import { cycleOf } from '../cycle.ts';
import { netfilter } from '../netfilter/hook.ts';
import { type End, end, type Next, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import { either, forwards, settingGap, settingNamed } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { fitted, mtuOf } from './mtu.ts';

/** Passes a packet on (net/ipv4/ip_forward.c ip_forward, net/ipv6/ip6_output.c ip6_forward). */
export function forward(run: Run, skb: Skb): Next {
  const { path, packet } = skb;
  if (path === null) throw new Error('a packet without a path cannot be forwarded');
  const six = familyOf(packet.destination) === 6;
  const stopped = six ? notForwarding6(run, skb) : undefined;
  if (stopped !== undefined) return stopped;
  if (skb.cast !== 'host')
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says: 'the frame was not for this station alone' });
  if (skb.diverted !== null) {
    const says = `a rule gave it to a socket here (TPROXY), and its route leads on by ${path.dev}: what has a socket is not forwarded`;
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by: path.by });
  }
  const ttl = afterRounds(run, skb);
  if (ttl <= 1) {
    const error = { type: 11, code: 0 };
    if (!run.rounds.isLooped) return end(skb, { disposition: 'dropped', code: 'IP_INHDR', says: 'its TTL ran out', by: path.by, error });
    const cycle = cycleOf(skb);
    const says = `it goes in circles until its TTL runs out: ${cycle?.places ?? `by ${placeText(skb.stack)} again and again`}`;
    return end(skb, { disposition: 'looped', code: 'IP_INHDR', says, by: cycle?.by ?? path.by, error });
  }
  const strange = six ? strangeSource6(skb) : undefined;
  if (strange !== undefined) return strange;
  const out = skb.stack.link(path.dev) ?? null;
  const mtu = mtuOf(run, skb.stack, path, packet.destination, true);
  const fits = fitted(skb, mtu);
  if (fits !== undefined) return fits;
  const told = redirected(skb);
  const passed = netfilter(run, { ...told, packet: { ...packet, ttl: ttl - 1 } }, 'FORWARD', { in: skb.in, out });
  if ('stage' in passed) return passed;
  const trail =
    ttl === packet.ttl ? passed.trail : stepped(passed.trail, 'forward', `it goes in circles: TTL ${packet.ttl} to ${ttl - 1}`, path.by);
  const wire = mtu === undefined ? passed.wire : Math.min(passed.wire, mtu.value);
  return { stage: 'postrouting', skb: { ...passed, wire, vouched: passed.vouched && wire === passed.wire, trail } };
}

/** IPv6 forwards by the switch for all devices, since 6.17 also by one of the device's own. */
function notForwarding6(run: Run, skb: Skb): End | undefined {
  const { stack, packet } = skb;
  const device = skb.in?.name ?? 'all';
  const why = `${packet.destination} is elsewhere`;
  const forwarding = forwards(stack, device, 6);
  const forced = settingNamed(stack, 6, device, 'force_forwarding');
  if ([forwarding, forced].some((one) => one.is === 'seen' && one.value > 0)) return undefined;
  if (forwarding.is === 'gap') return unknown(skb, settingGap(forwarding, why));
  if (isOn(run, stack, forced, why)) return undefined;
  const says = `${packet.destination} is elsewhere and IPv6 is not forwarded (net.ipv6.conf.all.forwarding)`;
  return end(skb, { disposition: 'dropped', code: 'IP_INADDRERRORS', says, by: forwarding.by });
}

/** Sources that mean nothing on another link; what goes back where it came from is let through. */
function strangeSource6(skb: Skb): End | undefined {
  const { packet, path } = skb;
  if (path === null || path.dev === skb.in?.name) return undefined;
  const { source } = packet;
  const it = { disposition: 'dropped', code: 'IP_INADDRERRORS', by: path.by } as const;
  if (source === '::' || isMulticast(source) || isLoopback(source))
    return end(skb, { ...it, says: `the source ${source} names no machine` });
  if (!isLinkLocal(source)) return undefined;
  return end(skb, { ...it, says: `the source ${source} means nothing on another link`, error: { type: 3, code: 2, six: [1, 2] } });
}

/** A packet that leaves by the device that it came in by: its sender is told of the nearer way (ip_rt_send_redirect, ndisc_send_redirect). */
function redirected(skb: Skb): Skb {
  const { path, stack } = skb;
  if (path === null || path.dev !== skb.in?.name) return skb;
  const sends = either(stack, path.dev, 'send_redirects');
  if (familyOf(skb.packet.destination) === 4 && (sends.is === 'gap' || sends.value === 0)) return skb;
  const says = `${skb.packet.source} is told that ${path.via ?? skb.packet.destination} is nearer (ICMP redirect)`;
  return { ...skb, trail: stepped(skb.trail, 'redirect', says, sends.is === 'seen' ? sends.by : []) };
}

/** The TTL of a packet that comes by again, after the whole rounds that it has left and that are like its last. */
function afterRounds(run: Run, { stack, in: device, packet }: Skb): number {
  const place = `${stack.key} ${device?.name} ${packet.protocol} ${packet.source} ${packet.sourcePort} ${packet.destination} ${packet.destinationPort} ${packet.icmp?.type ?? ''} ${packet.mark}`;
  return run.rounds.spared(place, packet.ttl);
}
