import type { Facts } from '#facts/facts';
import { socket } from '#facts/socket/socket';
import { ownWay } from '#sim/plane/connection/own-way';
import { lookedAt, type Looked, progressOf, witnessOf } from '#sim/plane/connection/silence';
import { trace } from '#sim/packet/trace';
import type { Gap } from '#snapshot/gap';
import { scopeText } from '#snapshot/scope';
import { type World, worldOf } from '#dataplane/world';
import { judgeOutcomes } from '../ask.ts';
import type { Answered, Check } from '../check.ts';

/** Each established connection that waits for an acknowledgement gets one. Those that wait for nothing are not asked. */
export function connections(facts: Facts): readonly Check[] {
  return facts
    .nodes()
    .flatMap((node) => facts.scopes(node, 'socket'))
    .flatMap((scope) => lookedAt(facts, scope))
    .filter((looked) => progressOf(looked).is !== 'moving')
    .map((looked) => connectionCheck(looked, stopOf(looked, facts)));
}

/** Whether the model shows by itself that the connection's packets cannot arrive: a rule that means its ports, a closed way. */
const stopOf = (looked: Looked, facts: Facts): boolean => ownAnswer(worldOf(facts), looked).result === 'fail';

const ownAnswer = (world: World, looked: Looked): Answered => {
  const { outcomes, complete } = ownWay(world, looked);
  return judgeOutcomes(outcomes, complete);
};

/** The ends of a connection as checks and findings name them. */
export const endsOf = ({ last: { local, remote } }: Looked): string =>
  `${local.address}:${local.port}→${remote?.address ?? ''}:${remote?.port ?? 0}`;

const connectionCheck = (looked: Looked, isStopped: boolean): Check => {
  const ends = `${scopeText(looked.scope)} ${endsOf(looked)}`;
  return {
    id: `connection ${ends}`,
    kind: 'connection',
    from: 'invariant',
    says: { en: `the connection ${ends} gets answers`, zh: `连接 ${ends} 能收到应答` },
    ask: (world) => answer(world, looked, isStopped),
  };
};

/** A closed connection is well when a new one would be; an open one when it moves, or when what stopped its packets is gone. */
function answer(world: World, looked: Looked, isStopped: boolean): Answered {
  const { scope, last } = looked;
  const here = world.facts.partition('socket', scope)?.facts.some((one) => socket.key(one) === socket.key(last));
  const witness = witnessOf(looked, world.facts);
  if (here !== true) {
    const fresh = witness !== undefined || connects(world, looked);
    return fresh ? said('pass', 'a new connection to the same peer is answered') : said('unknown', NOBODY, gapOf(looked, NOBODY));
  }
  const progress = progressOf(lookedAt(world.facts, scope).find((one) => socket.key(one.last) === socket.key(last)) ?? looked);
  if (progress.is === 'moving') return said('pass', 'it is acknowledged');
  if (isStopped) return ownAnswer(world, looked);
  if (progress.is === 'held back') return heldBack(world, looked);
  const why = progress.is === 'unclear' ? progress.why : NOBODY;
  if (progress.is !== 'silent' || witness === undefined) return said('unknown', why, gapOf(looked, why));
  return said('fail', `sent ${last.tcp?.backoff ?? 0} times again without an answer, while the same peer answers another connection`);
}

/** Its packets would arrive: then it is the peer who takes no more. */
function heldBack(world: World, looked: Looked): Answered {
  return ownAnswer(world, looked).result === 'pass' ? said('pass', FULL) : said('unknown', HELD, gapOf(looked, HELD));
}

const FULL = 'nothing is in flight and its packets would arrive: the peer takes no more (its window is closed)';
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
