import type { Facts } from '#facts/facts';
import { socket } from '#facts/socket/socket';
import { lookedAt, type Looked, progressOf, witnessOf } from '#sim/plane/connection/silence';
import { trace } from '#sim/packet/trace';
import type { Gap } from '#snapshot/gap';
import { scopeText } from '#snapshot/scope';
import type { World } from '#dataplane/world';
import type { Answered, Check } from '../check.ts';

/** Each established connection that waits for an acknowledgement gets one. Those that wait for nothing are not asked. */
export function connections(facts: Facts): readonly Check[] {
  return facts
    .nodes()
    .flatMap((node) => facts.scopes(node, 'socket'))
    .flatMap((scope) => lookedAt(facts, scope))
    .filter((looked) => progressOf(looked).is !== 'moving')
    .map(connectionCheck);
}

/** The ends of a connection as checks and findings name them. */
export const endsOf = ({ last: { local, remote } }: Looked): string =>
  `${local.address}:${local.port}→${remote?.address ?? ''}:${remote?.port ?? 0}`;

const connectionCheck = (looked: Looked): Check => {
  const ends = `${scopeText(looked.scope)} ${endsOf(looked)}`;
  return {
    id: `connection ${ends}`,
    kind: 'connection',
    from: 'invariant',
    says: { en: `the connection ${ends} gets answers`, zh: `连接 ${ends} 能收到应答` },
    ask: (world) => answer(world, looked),
  };
};

/** A closed connection is well when a new one would be; an open one when it moves. */
function answer(world: World, looked: Looked): Answered {
  const { scope, last } = looked;
  const here = world.facts.partition('socket', scope)?.facts.some((one) => socket.key(one) === socket.key(last));
  const witness = witnessOf(looked, world.facts);
  if (here !== true) {
    const fresh = witness !== undefined || connects(world, looked);
    return fresh ? said('pass', 'a new connection to the same peer is answered') : said('unknown', NOBODY, gapOf(looked, NOBODY));
  }
  const progress = progressOf(lookedAt(world.facts, scope).find((one) => socket.key(one.last) === socket.key(last)) ?? looked);
  if (progress.is === 'moving') return said('pass', 'it is acknowledged');
  const why = progress.is === 'unclear' ? progress.why : progress.is === 'held back' ? HELD : NOBODY;
  if (progress.is !== 'silent' || witness === undefined) return said('unknown', why, gapOf(looked, why));
  return said('fail', `sent ${last.tcp?.backoff ?? 0} times again without an answer, while the same peer answers another connection`);
}

const NOBODY = 'no other connection shows whether its peer answers at all: `leadline probe`, or open one and look again';
const HELD = "data waits and nothing is in flight: the peer's window is closed, or a rule of this node keeps it in";

const connects = (world: World, { scope, last: { remote } }: Looked): boolean =>
  remote !== null &&
  remote.address !== null &&
  trace(world, { from: scope, to: remote.address, protocol: 'tcp', port: remote.port }).outcomes.every(({ works }) => works === 'yes');

const gapOf = ({ scope }: Looked, detail: string): Gap => ({ of: 'socket', scope, why: 'not told', detail, capture: 'ss -tanpieo, twice' });

const said = (result: Answered['result'], says: string, ...gaps: readonly Gap[]): Answered => ({
  result,
  says,
  gaps,
  probability: result === 'unknown' ? null : result === 'fail' ? 1 : 0,
  outcomes: [],
});
