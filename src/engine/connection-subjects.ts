import type { Facts } from '#facts/facts';
import { lookedAt, type Looked } from '#sim/plane/connection/silence';
import { missing, type Seen, seen } from '#snapshot/seen';
import type { Subject } from './subject.ts';
import type { View } from './view.ts';

/** A connection as a subject of verdicts: what its owner opens anew has the same one. */
export type ConnectionSubject = Extract<Subject, { kind: 'connection' }>;

const subjectOf = ({ scope, last: { local, remote } }: Looked): ConnectionSubject => ({
  kind: 'connection',
  ...scope,
  protocol: 'tcp',
  local: local.address ?? '',
  remote: `${remote?.address ?? ''}:${remote?.port ?? 0}`,
});

/** Every established TCP connection that was captured, by who has it and whom it goes to. */
export function connectionSubjects(facts: Facts): Seen<readonly ConnectionSubject[]> {
  const scopes = facts.nodes().flatMap((node) => facts.scopes(node, 'socket'));
  const root = facts.nodes()[0];
  const sockets = root === undefined ? undefined : facts.seen('socket', { node: root, netns: '' });
  if (scopes.length === 0 && sockets?.is === 'gap') return missing(sockets.gap);
  const subjects = scopes.flatMap((scope) => lookedAt(facts, scope)).map(subjectOf);
  return seen([...new Map(subjects.map((one) => [JSON.stringify(one), one] as const)).values()], []);
}

/** All connections of a namespace from one address to one peer. */
export const connectionsOf = ({ node, netns, local, remote }: ConnectionSubject, { facts }: View): readonly Looked[] =>
  lookedAt(facts, { node, netns }).filter((one) => {
    const own = subjectOf(one);
    return own.local === local && own.remote === remote;
  });
