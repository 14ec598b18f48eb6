import { mac } from '#net/mac';
import { type Next, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { resolve } from './resolve.ts';

/** Puts the link-layer header on a packet and hands it to its device (net/ipv4/ip_output.c ip_finish_output2). */
export function neighbour(run: Run, skb: Skb): Next {
  const { path, stack } = skb;
  const link = path === null ? undefined : stack.link(path.dev);
  if (path === null || link === undefined) {
    return unknown(
      skb,
      { of: 'link', scope: stack.scope, why: 'not told', detail: `device ${path?.dev ?? '?'} of the route was not read` },
      path?.by ?? [],
    );
  }
  const resolved = resolve(run, skb, link, skb.hop ?? skb.packet.destination);
  if (resolved.is === 'end') return resolved.end;
  const trail = resolved.by.length === 0 ? skb.trail : stepped(skb.trail, 'neighbour', resolved.says, resolved.by);
  const from = link.mac === undefined ? NOBODY : (link.mac ?? resolved.mac);
  return { stage: 'transmit', skb: { ...skb, trail, frame: { from, to: resolved.mac } }, link };
}

/** Stands for an address that was not told: it is nobody else's. */
const NOBODY = mac`02:00:00:00:00:00`;
