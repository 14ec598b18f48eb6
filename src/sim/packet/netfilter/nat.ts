import { UNTRACKED } from '../conntrack/connection.ts';
import { bind, bindNull } from '../nat/bind.ts';
import { isDroppedRedirect, manipulated, rewritten } from '../nat/rewrite.ts';
import { type End, end, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { doubted, perhaps, stepped } from '../trail.ts';
import type { Registrants, Station } from './order.ts';
import { type At, deviceOf } from './place.ts';
import { visit, type Visited } from './station.ts';
import { ended } from './verdict.ts';

type Groups = readonly Registrants[];

/** The nat tables: asked once per connection and direction, then only its bindings are applied (nf_nat_inet_fn). */
export function translated(run: Run, skb: Skb, at: At, groups: Groups): Skb | End {
  const connection = skb.track?.connection ?? null;
  if (skb.track === null || connection === null || skb.track === UNTRACKED) return skb;
  let now = skb;
  const what = manipulated(at.hook);
  const isDone = what === 'source' ? connection.sourceDone : connection.destinationDone;
  if (!isDone && isAsked(skb)) {
    const asked = bound(run, skb, at, groups);
    if ('stage' in asked) return asked;
    now = asked;
    bindNull(run, now.stack, connection, what, `${at.hook} null binding`);
    if (what === 'source') connection.sourceDone = true;
    else connection.destinationDone = true;
  }
  if (isDroppedRedirect(now.packet, skb.track))
    return dropped(now, at, 'a redirect of a translated connection is dropped', connection.boundBy);
  const packet = rewritten(now.packet, skb.track, at.hook);
  if (packet === now.packet) return now;
  const by = connection.captured === null ? connection.boundBy : [connection.captured];
  const trail = stepped(now.trail, 'nat', natSentence(now, packet, what), by, packet);
  const isRerouted = at.hook === 'OUTPUT' && packet.destination !== now.packet.destination;
  return { ...now, packet, trail, reroute: now.reroute || isRerouted };
}

const dropped = (skb: Skb, at: At, says: string, by: readonly FactRef[]): End =>
  end(skb, { disposition: 'dropped', code: 'NETFILTER_DROP', says, by, device: deviceOf(at) });

/** First packets, and resets that a rule sent about one; errors only follow what their connection has (nf_nat_ipv4_fn). */
const isAsked = ({ track, packet }: Skb): boolean => track?.state === 'NEW' || (track?.state === 'RELATED' && packet.icmp === null);

const endText = (address: string, port: number): string => (port === 0 ? address : `${address}:${port}`);

function natSentence({ packet: before }: Skb, after: Skb['packet'], what: 'source' | 'destination'): string {
  return what === 'source'
    ? `source ${endText(before.source, before.sourcePort)} becomes ${endText(after.source, after.sourcePort)}`
    : `destination ${endText(before.destination, before.destinationPort)} becomes ${endText(after.destination, after.destinationPort)}`;
}

/** Asks the nat tables in order of priority; the first that gives a binding decides. */
function bound(run: Run, skb: Skb, at: At, groups: Groups): Skb | End {
  let now = skb;
  for (const registrants of groups) {
    const { trail } = now;
    for (const [index, stations] of registrants.entries()) {
      const before = markOf(now);
      const asked = boundBy(run, now, at, stations);
      if (asked.is === 'nothing') {
        now = asked.skb;
        continue;
      }
      const rest = registrants.slice(index + 1);
      const written = markOf(now);
      remark(now, before);
      const other = rest.length === 0 ? undefined : boundBy(run, now, at, rest.flat());
      const chosen = other === undefined || other.is === 'nothing' || !isOtherFirst(run, skb, at) ? asked : other;
      if (chosen === asked) remark(now, written);
      // had this one come first, those before it would not have been asked; had it come last, those behind it would have been
      const told = (own: Skb): Skb => {
        if (chosen !== asked) return own;
        const first = now.trail === trail ? own.trail : doubted(own.trail, trail, now.trail);
        return { ...own, trail: other?.is === 'nothing' ? perhaps(first, now.trail, other.skb.trail) : first };
      };
      if (chosen.is === 'end') return { ...chosen.end, skb: told(chosen.end.skb) };
      return applied(run, at, { ...chosen, visited: { ...chosen.visited, skb: told(chosen.visited.skb) } });
    }
  }
  return now;
}

const markOf = ({ track }: Skb): number => track?.connection?.mark ?? 0;

/** What the chains of one registrant wrote is the connection's only where they were really asked. */
function remark({ track }: Skb, mark: number): void {
  if (track?.connection != null) track.connection.mark = mark;
}

type Asked =
  | { readonly is: 'nothing'; readonly skb: Skb }
  | { readonly is: 'end'; readonly end: End }
  | { readonly is: 'bound'; readonly visited: Visited };

/** What the chains of one registrant want. */
function boundBy(run: Run, skb: Skb, at: At, stations: readonly Station[]): Asked {
  let now = skb;
  for (const station of stations) {
    const visited = visit(run, now, at, station);
    now = visited.skb;
    const { verdict } = visited;
    if (verdict === undefined) continue;
    const stopped = ended(now, at, verdict);
    if (stopped !== undefined) return { is: 'end', end: stopped };
    if (verdict.is === 'rewrite' && verdict.rewrite.what === manipulated(at.hook)) return { is: 'bound', visited };
  }
  return { is: 'nothing', skb: now };
}

/** Two tables at one priority both want to bind the connection. */
function isOtherFirst(run: Run, { stack }: Skb, { hook }: At): boolean {
  const options = [
    { name: 'the first that is listed', probability: null },
    { name: 'another', probability: null },
  ];
  const detail = `several nat tables hang at the same priority of ${hook}; which comes first is not told`;
  const gap = { of: 'nft', scope: stack.scope, why: 'not told', detail } as const;
  const place = `${placeText(stack)} ${hook} order of nat tables`;
  return run.pick({ at: place, of: 'order', scope: 'connection', options, because: { gap, by: [] } }) === 1;
}

function applied(run: Run, at: At, { visited }: Extract<Asked, { is: 'bound' }>): Skb | End {
  const { skb, verdict } = visited;
  const { hook, in: incoming, out } = at;
  const connection = skb.track?.connection ?? null;
  if (connection === null || verdict?.is !== 'rewrite') return skb;
  const made = bind(run, skb.stack, connection, verdict.rewrite, { in: incoming, out, hook, hop: skb.hop, rule: verdict.way });
  if (made.is === 'gap') return unknown(skb, made.gap, verdict.by);
  if (made.is === 'dropped') return dropped(skb, at, made.says, verdict.by.slice(-1));
  connection.boundBy = [...connection.boundBy, ...verdict.by.slice(-1), ...made.by];
  return skb;
}
