import { type Connection, UNTRACKED } from '../conntrack/connection.ts';
import { UNTOLD_NAT } from '../conntrack/untold-nat.ts';
import type { Verdict } from '../iptables/verdict.ts';
import { bind, bindNull } from '../nat/bind.ts';
import { leavesElsewhere } from '../nat/left-by.ts';
import { isDroppedRedirect, manipulated, rewritten } from '../nat/rewrite.ts';
import { type End, end, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { inEitherOrder, isSameEnd, isSameText } from './either-order.ts';
import { filtered, type Pass } from './filter.ts';
import type { Registrants, Station } from './order.ts';
import { type At, deviceOf } from './place.ts';
import { visit, type Visited } from './station.ts';
import { ended } from './verdict.ts';

type Groups = readonly Registrants[];

/**
 * The nat tables: asked once per connection and direction, then only its bindings are applied (nf_nat_inet_fn). A template that a rule
 * attached behind tracking is asked about as a new connection, with each packet, and so is what got into the table unasked.
 */
export function translated(run: Run, skb: Skb, at: At, groups: Groups): Skb | End {
  const connection = skb.track?.connection ?? null;
  if (skb.track?.template !== undefined && connection === null) return askedInVain(run, skb, at, groups);
  if (skb.track === null || connection === null || skb.track === UNTRACKED) return skb;
  let now = skb;
  const what = manipulated(at.hook);
  const isDone = what === 'source' ? connection.sourceDone : connection.destinationDone;
  if (!isDone && isAsked(skb) && connection.confirmed) {
    const asked = askedInVain(run, skb, at, groups);
    if ('stage' in asked) return asked;
    now = asked;
  } else if (!isDone && isAsked(skb)) {
    const asked = bound(run, skb, at, groups);
    if ('stage' in asked) return asked;
    now = asked.skb;
    // what a rule bound stays so, also where another connection has its tuple: then it is lost when it is put into the table
    if (!asked.isBound) bindNull(run, now.stack, connection, what, `${at.hook} null binding`);
    if (what === 'source') connection.sourceDone = true;
    else connection.destinationDone = true;
  } else if (!isError(skb) && leavesElsewhere(run, skb.stack, skb.track, at)) {
    run.forget(skb.stack, connection);
    return dropped(skb, at, 'a masqueraded connection leaves by another device than before, and is forgotten', connection.boundBy);
  }
  const isDropped = isDroppedRedirect(now.stack, now.packet, skb.track);
  if (isDropped === null)
    return unknown(now, { of: 'conntrack', scope: now.stack.scope, why: 'not told', detail: UNTOLD_NAT }, connection.boundBy);
  if (isDropped) return dropped(now, at, 'a redirect of a translated connection is dropped', connection.boundBy);
  const packet = rewritten(now.packet, skb.track, at.hook);
  if (packet === now.packet || isSameToAll(now.packet, packet)) return now;
  const by = connection.captured === null ? connection.boundBy : [connection.captured];
  const trail = stepped(now.trail, 'nat', natSentence(now, packet, what), by, packet);
  const isRerouted = at.hook === 'OUTPUT' && packet.destination !== now.packet.destination;
  return { ...now, packet, trail, reroute: now.reroute || isRerouted };
}

const dropped = (skb: Skb, at: At, says: string, by: readonly FactRef[]): End =>
  end(skb, { disposition: 'dropped', code: 'NETFILTER_DROP', says, by, device: deviceOf(at) });

/** First packets, and resets that a rule sent about one. */
const isAsked = (skb: Skb): boolean => skb.track?.state === 'NEW' || (skb.track?.state === 'RELATED' && !isError(skb));

/** Errors only follow what their connection has (nf_nat_ipv4_fn). */
const isError = ({ track, packet }: Skb): boolean => track?.state === 'RELATED' && packet.icmp !== null;

/** What was rewritten at another hook already is rewritten to the same: over lo a redirected packet passes OUTPUT and then PREROUTING. */
const isSameToAll = (before: Packet, after: Packet): boolean =>
  after.icmp?.inner === undefined &&
  before.source === after.source &&
  before.destination === after.destination &&
  before.sourcePort === after.sourcePort &&
  before.destinationPort === after.destinationPort &&
  before.icmp?.id === after.icmp?.id &&
  before.drawn === after.drawn;

const endText = (address: string, port: number): string => (port === 0 ? address : `${address}:${port}`);

function natSentence({ packet: before }: Skb, after: Skb['packet'], what: 'source' | 'destination'): string {
  return what === 'source'
    ? `source ${endText(before.source, before.sourcePort)} becomes ${endText(after.source, after.sourcePort)}`
    : `destination ${endText(before.destination, before.destinationPort)} becomes ${endText(after.destination, after.destinationPort)}`;
}

/** Asks all nat tables: what is called confirmed, as a template is, gets no binding and nobody's is the last word (nf_nat_setup_info). */
function askedInVain(run: Run, skb: Skb, at: At, groups: Groups): Skb | End {
  let now = skb;
  for (const registrants of groups) {
    const next = filtered(run, now, at, registrants, unbound);
    if ('stage' in next) return next;
    now = next;
  }
  return now;
}

/** A chain whose binding is not made: what has none to give loses the packet all the same (nf_nat_redirect_ipv4, nf_nat_masquerade_ipv6). */
const unbound: Pass = (run, skb, at, station) => {
  const { skb: now, verdict } = visit(run, skb, at, station);
  if (verdict?.is !== 'rewrite') return verdict === undefined ? now : (ended(now, at, verdict) ?? now);
  const copy = now.track?.template === undefined ? null : { ...now.track.template };
  return verdict.rewrite.what === manipulated(at.hook) && copy !== null ? applied(run, now, at, verdict, copy) : now;
};

/** Asks the nat tables in order of priority; the first that gives a binding decides. */
function bound(run: Run, skb: Skb, at: At, groups: Groups): Bindings | End {
  let now = skb;
  for (const registrants of groups) {
    const before = now;
    const asked = inEitherOrder<Asked>(run, before, at, registrants, {
      through: (stations) => boundBy(run, before, at, stations),
      skbIn,
      withSkb,
      isSame,
    });
    if (asked.is === 'end') return asked.end;
    if (asked.is === 'bound') return boundAs(run, at, asked);
    now = asked.skb;
  }
  return { skb: now, isBound: false };
}

/** The packet behind the nat tables, and whether one of them gave its connection a binding (nf_nat_initialized). */
type Bindings = { readonly skb: Skb; readonly isBound: boolean };

type Asked =
  | { readonly is: 'nothing'; readonly skb: Skb }
  | { readonly is: 'end'; readonly end: End }
  | { readonly is: 'bound'; readonly visited: Visited };

function skbIn(asked: Asked): Skb {
  switch (asked.is) {
    case 'nothing':
      return asked.skb;
    case 'end':
      return asked.end.skb;
    case 'bound':
      return asked.visited.skb;
  }
}

function withSkb(asked: Asked, skb: Skb): Asked {
  switch (asked.is) {
    case 'nothing':
      return { ...asked, skb };
    case 'end':
      return { ...asked, end: { ...asked.end, skb } };
    case 'bound':
      return { ...asked, visited: { ...asked.visited, skb } };
  }
}

function isSame(one: Asked, other: Asked): boolean {
  if (one.is === 'end' && other.is === 'end') return isSameEnd(one.end, other.end);
  if (one.is === 'bound' && other.is === 'bound') return isSameText(rewriteOf(one), rewriteOf(other));
  return one.is === other.is;
}

const rewriteOf = ({ visited: { verdict } }: Extract<Asked, { is: 'bound' }>) => (verdict?.is === 'rewrite' ? verdict.rewrite : undefined);

/** What chains want, each asked as long as none before it wants anything. */
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

function boundAs(run: Run, at: At, { visited: { skb, verdict } }: Extract<Asked, { is: 'bound' }>): Bindings | End {
  const connection = skb.track?.connection ?? null;
  if (connection === null || verdict?.is !== 'rewrite') return { skb, isBound: false };
  const made = applied(run, skb, at, verdict, connection);
  return 'stage' in made ? made : { skb: made, isBound: true };
}

/** The packet with its connection bound as a rule wants, or its end. */
function applied(run: Run, skb: Skb, at: At, verdict: Rewriting, connection: Connection): Skb | End {
  const { hook, in: incoming, out } = at;
  const made = bind(run, skb.stack, connection, verdict.rewrite, { in: incoming, out, hook, hop: skb.hop, rule: verdict.way });
  if (made.is === 'gap') return unknown(skb, made.gap, verdict.by);
  if (made.is === 'dropped') return dropped(skb, at, made.says, verdict.by.slice(-1));
  connection.boundBy = [...connection.boundBy, ...verdict.by.slice(-1), ...made.by];
  return skb;
}

type Rewriting = Extract<Verdict, { readonly is: 'rewrite' }>;
