import { netfilter } from '../netfilter/hook.ts';
import { end, type Next } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { fitted, mtuOf } from './mtu.ts';

/** Passes a packet on (net/ipv4/ip_forward.c ip_forward). */
export function forward(run: Run, skb: Skb): Next {
  const { path, packet } = skb;
  if (path === null) throw new Error('a packet without a path cannot be forwarded');
  if (skb.cast !== 'host')
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says: 'the frame was not for this station alone' });
  const ttl = afterRounds(run, skb);
  if (ttl <= 1) {
    const looped = run.isLooped;
    const says = looped ? `it goes in circles: its TTL ran out, having passed ${placeText(skb.stack)} again and again` : 'its TTL ran out';
    return end(skb, { disposition: looped ? 'looped' : 'dropped', code: 'IP_INHDR', says, by: path.by, error: { type: 11, code: 0 } });
  }
  const out = skb.stack.link(path.dev) ?? null;
  const mtu = mtuOf(run, skb.stack, path, packet.destination);
  const fits = fitted(skb, mtu);
  if (fits !== undefined) return fits;
  const sent = { ...skb, packet: { ...packet, ttl: ttl - 1 }, wire: mtu === undefined ? skb.wire : Math.min(skb.wire, mtu.value) };
  const passed = netfilter(run, sent, 'FORWARD', { in: skb.in, out });
  if ('stage' in passed) return passed;
  const trail =
    ttl === packet.ttl ? passed.trail : stepped(passed.trail, 'forward', `it goes in circles: TTL ${packet.ttl} to ${ttl - 1}`, path.by);
  return { stage: 'postrouting', skb: { ...passed, trail } };
}

/** The TTL of a packet that comes by again, after all the whole rounds that it has left. */
function afterRounds(run: Run, { stack, in: device, packet }: Skb): number {
  const place = `${stack.key} ${device?.name} ${packet.protocol} ${packet.source} ${packet.sourcePort} ${packet.destination} ${packet.destinationPort} ${packet.icmp?.type ?? ''} ${packet.mark}`;
  const before = run.visit(place, packet.ttl);
  if (before === undefined || before <= packet.ttl) return packet.ttl;
  const round = before - packet.ttl;
  run.isLooped = true;
  return packet.ttl - round * Math.floor((packet.ttl - 1) / round);
}
