import { judgeOutcomes } from '#engine/ask';
import { type ConnectionSubject, connectionsOf, connectionSubjects } from '#engine/connection-subjects';
import { defineFault } from '#engine/fault';
import { endsOf } from '#engine/invariants/connections';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { View } from '#engine/view';
import { ownWay } from '#sim/plane/connection/own-way';
import { type Looked, progressOf, witnessOf } from '#sim/plane/connection/silence';
import { fix } from './fix.ts';
import { noticeOf } from './notice.ts';
import text, { type Found } from './text.ts';

/** Whether something that was captured stops its packets: then nobody forgot it. */
const isStopped = (one: Looked, view: View): boolean => {
  const { outcomes, complete } = ownWay(view.world, one);
  return judgeOutcomes(outcomes, complete).result === 'fail';
};

/** Silent ones, each with the connection that shows its peer to be well. */
const deadOf = (subject: ConnectionSubject, view: View): readonly (readonly [Looked, NonNullable<ReturnType<typeof witnessOf>>])[] =>
  connectionsOf(subject, view).flatMap((one) => {
    const witness = progressOf(one).is === 'silent' && !isStopped(one, view) ? witnessOf(one, view.facts) : undefined;
    return witness === undefined ? [] : [[one, witness] as const];
  });

function ruling(subject: ConnectionSubject, view: View): Ruling<Found> {
  const all = connectionsOf(subject, view);
  const dead = deadOf(subject, view);
  const [first] = dead;
  if (first === undefined) return withoutDead(all, subject, view);
  const [{ last, first: before }, witness] = first;
  const notice = noticeOf(last, subject, view);
  const evidence: Evidence[] = [
    ...(before === undefined ? [] : [before]),
    last,
    witness,
    ...(notice === undefined ? [] : [notice.setting]),
  ];
  return found(
    {
      node: subject.node,
      connections: dead.map(([one]) => endsOf(one)),
      remote: subject.remote,
      owner: last.process == null ? 'an unknown process' : `${last.process.name} (pid ${last.process.pid})`,
      waiting: last.sendQ ?? 0,
      silentS: Math.round((last.tcp?.lastAckMs ?? 0) / 1000),
      backoff: last.tcp?.backoff ?? 0,
      witness: `${witness.local.address ?? ''}:${witness.local.port}`,
      noticeS: notice === undefined ? null : Math.round(notice.afterMs / 100) / 10,
      earliestS: notice === undefined ? null : Math.round(notice.earliestMs / 100) / 10,
      latestS: notice === undefined ? null : Math.round(notice.latestMs / 100) / 10,
      retries2: notice?.retries2 ?? null,
    },
    evidence,
  );
}

/** Silent without a witness is not known; anything else is answered, or held back by something else. */
function withoutDead(all: readonly Looked[], { node, netns }: ConnectionSubject, view: View): Ruling<Found> {
  const doubtful = all.find((one) => ['silent', 'unclear'].includes(progressOf(one).is) && !isStopped(one, view));
  if (doubtful === undefined) return absent(all.flatMap(({ last }) => last));
  const progress = progressOf(doubtful);
  const detail =
    progress.is === 'unclear'
      ? progress.why
      : `${endsOf(doubtful)} gets no answer, and no other connection shows whether its peer answers at all: \`leadline probe\`, or look again`;
  return unknown({ of: 'socket', scope: { node, netns }, why: 'not told', detail, capture: 'ss -tanpieo, twice' });
}

/** A connection that the other side, or something on the way, knows nothing of any more. */
export default defineFault<ConnectionSubject, Found>({
  id: 'connection-half-open',
  is: {
    en: 'a connection that the other side, or something on the way, no longer knows',
    zh: '连接已半开：对端或途中设备已不认识它',
  },
  area: 'control-plane',
  severity: 'error',
  needs: ['socket', 'sysctl'],
  lookAlikes: ['connection-egress-drop', 'host-firewall-rule', 'pod-firewall-rule', 'node-unreachable'],
  subjects: ({ facts }) => connectionSubjects(facts),
  judge: ruling,
  texts: text,
  fix: (subject, params, view) =>
    fix(
      params,
      deadOf(subject, view).map(([one]) => one),
    ),
});
