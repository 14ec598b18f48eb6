import { type ConnectionSubject, connectionsOf, connectionSubjects } from '#engine/connection-subjects';
import { type Deadly, deadlyEvidence, deadlyOf, deadlyTable, deadlyText, unreadRules } from '#engine/deadly';
import { endedBy } from '#engine/ended';
import { defineFault } from '#engine/fault';
import { endsOf } from '#engine/invariants/connections';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { View } from '#engine/view';
import { ownWay } from '#sim/plane/connection/own-way';
import { type Looked, progressOf } from '#sim/plane/connection/silence';
import type { Gap } from '#snapshot/gap';
import { fix } from './fix.ts';
import { endsInside, leaves } from './leaves.ts';
import text, { type Found } from './text.ts';

/** A connection that waits, and the rule of its own namespace that its next packet ends by. */
type Held = { readonly looked: Looked; readonly placed: Deadly };

/** Waits since the first of two looks, and nothing came meanwhile. */
const waits = (looked: Looked): boolean => looked.first !== undefined && progressOf(looked).is !== 'moving' && (looked.last.sendQ ?? 0) > 0;

/** The rule or policy by which every way of the connection's next packet ends before it leaves. */
function stopOf(looked: Looked, view: View): Deadly | undefined {
  const { outcomes, complete } = ownWay(view.world, looked);
  const [first, ...others] = outcomes;
  if (first === undefined || !complete || others.length > 0 || !endsInside(first, looked)) return undefined;
  return deadlyOf(view.facts, first);
}

const heldOf = (subject: ConnectionSubject, view: View): readonly Held[] =>
  connectionsOf(subject, view).flatMap((looked) => {
    const placed = waits(looked) ? stopOf(looked, view) : undefined;
    return placed === undefined ? [] : [{ looked, placed }];
  });

/** A rule that kills what other checks ask, too, is no matter of one connection. */
const killsOthers = ({ placed, looked: { scope } }: Held, view: View): boolean =>
  endedBy(view, scope.node, deadlyEvidence(placed)).some(({ check }) => check.kind !== 'connection');

function ruling(subject: ConnectionSubject, view: View): Ruling<Found> {
  const held = heldOf(subject, view);
  const [first] = held;
  if (first === undefined) return withoutHeld(subject, view);
  const { looked, placed } = first;
  if (killsOthers(first, view)) return absent([deadlyEvidence(placed)]);
  const { last, first: before } = looked;
  return found(
    {
      node: subject.node,
      connections: held.map((one) => endsOf(one.looked)),
      owner: last.process == null ? 'an unknown process' : `${last.process.name} (pid ${last.process.pid})`,
      waiting: last.sendQ ?? 0,
      table: deadlyTable(placed),
      chain: placed.chain.name,
      position: placed.position,
      rule: deadlyText(placed),
      nothingLeft: last.timer?.kind === 'persist' && (last.tcp?.unacked ?? 0) === 0,
    },
    [deadlyEvidence(placed), ...(before === undefined ? [] : [before]), last],
  );
}

/** A connection that nothing stops is well, or its packets get lost elsewhere; one whose way out was not read is not known. */
function withoutHeld(subject: ConnectionSubject, view: View): Ruling<Found> {
  const all = connectionsOf(subject, view);
  const waiting = all.filter((one) => progressOf(one).is !== 'moving');
  const gaps = waiting.flatMap((one) => gapsOf(one, view));
  return gaps.length > 0 ? unknown(...gaps) : absent(all.map(({ last }) => last));
}

/** What keeps from telling whether a waiting connection's packets leave its namespace. */
function gapsOf(looked: Looked, view: View): readonly Gap[] {
  const { node, netns } = looked.scope;
  const unread = unreadRules(view.facts, looked.scope);
  if (unread.length > 0) return unread;
  const inside = ownWay(view.world, looked).outcomes.filter(({ at }) => at.node === node && at.netns === netns);
  return inside.flatMap(({ reason }) => reason.gap ?? []);
}

/** A rule of a machine that drops what one of its own connections sends. */
export default defineFault<ConnectionSubject, Found>({
  id: 'connection-egress-drop',
  is: {
    en: 'a rule of a machine drops what one of its own connections sends',
    zh: '本机规则丢弃了自己某条连接发出的报文',
  },
  area: 'control-plane',
  severity: 'error',
  needs: ['socket', 'iptables', 'nft', 'route'],
  lookAlikes: ['connection-half-open', 'host-firewall-rule', 'pod-firewall-rule', 'node-unreachable'],
  subjects: ({ facts }) => connectionSubjects(facts),
  judge: ruling,
  texts: text,
  asks: (subject, _, view) => heldOf(subject, view).map(({ looked }) => leaves(looked)),
  fix: (subject, params, view) => {
    const [first] = heldOf(subject, view);
    if (first === undefined) throw new Error('no rule to mend');
    return fix(params, first.looked.scope, first.placed);
  },
});
