import { defineFault } from '#engine/fault';
import { endsOf } from '#engine/invariants/connections';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { lookedAt, type Looked, progressOf, witnessOf } from '#sim/plane/connection/silence';
import { missing, seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import { noticeOf } from './notice.ts';
import text, { type Found } from './text.ts';

type Connection = Extract<Subject, { kind: 'connection' }>;

const subjectOf = ({ scope, last: { local, remote } }: Looked): Connection => ({
  kind: 'connection',
  ...scope,
  protocol: 'tcp',
  local: local.address ?? '',
  remote: `${remote?.address ?? ''}:${remote?.port ?? 0}`,
});

/** All connections of a namespace from one address to one peer: what its owner opens anew has the same subject. */
const connectionsOf = ({ node, netns, local, remote }: Connection, view: View): readonly Looked[] =>
  lookedAt(view.facts, { node, netns }).filter((one) => {
    const own = subjectOf(one);
    return own.local === local && own.remote === remote;
  });

/** Silent ones, each with the connection that shows its peer to be well. */
const deadOf = (subject: Connection, view: View): readonly (readonly [Looked, NonNullable<ReturnType<typeof witnessOf>>])[] =>
  connectionsOf(subject, view).flatMap((one) => {
    const witness = progressOf(one).is === 'silent' ? witnessOf(one, view.facts) : undefined;
    return witness === undefined ? [] : [[one, witness] as const];
  });

function ruling(subject: Connection, view: View): Ruling<Found> {
  const all = connectionsOf(subject, view);
  const dead = deadOf(subject, view);
  const [first] = dead;
  if (first === undefined) return withoutDead(all, subject);
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
function withoutDead(all: readonly Looked[], { node, netns }: Connection): Ruling<Found> {
  const doubtful = all.find((one) => ['silent', 'unclear'].includes(progressOf(one).is));
  if (doubtful === undefined) return absent(all.flatMap(({ last }) => last));
  const progress = progressOf(doubtful);
  const detail =
    progress.is === 'unclear'
      ? progress.why
      : `${endsOf(doubtful)} gets no answer, and no other connection shows whether its peer answers at all: \`leadline probe\`, or look again`;
  return unknown({ of: 'socket', scope: { node, netns }, why: 'not told', detail, capture: 'ss -tanpieo, twice' });
}

/** A connection that the other side, or something on the way, knows nothing of any more. */
export default defineFault<Connection, Found>({
  id: 'connection-half-open',
  area: 'control-plane',
  severity: 'error',
  needs: ['socket', 'sysctl'],
  lookAlikes: ['host-firewall-rule', 'pod-firewall-rule', 'node-unreachable'],
  subjects: ({ facts }) => {
    const scopes = facts.nodes().flatMap((node) => facts.scopes(node, 'socket'));
    const root = facts.nodes()[0];
    const sockets = root === undefined ? undefined : facts.seen('socket', { node: root, netns: '' });
    if (scopes.length === 0 && sockets?.is === 'gap') return missing(sockets.gap);
    const subjects = scopes.flatMap((scope) => lookedAt(facts, scope)).map(subjectOf);
    return seen([...new Map(subjects.map((one) => [JSON.stringify(one), one] as const)).values()], []);
  },
  judge: ruling,
  texts: text,
  fix: (subject, params, view) =>
    fix(
      params,
      deadOf(subject, view).map(([one]) => one),
    ),
});
