import { memoised } from '#dataplane/memo';
import { podNamespaces } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import type { Socket } from '#facts/socket/socket';
import { type Ip, isLoopback } from '#net/ip';
import { CLUSTER, onNode, type Scope, scopeText } from '#snapshot/scope';
import type { Check } from '../check.ts';
import { flowCheck, following, type Place } from './flow-check.ts';

/** A SYN that is away for so long without an answer has got none: more than a round trip through any cluster. */
const PATIENCE_MS = 200;
/** One that left longer ago tells of the past: the kernel waits ever longer before it tries again. */
const OLD_MS = 2000;

type Attempt = { readonly scope: Scope; readonly last: Socket; readonly to: Ip; readonly port: number; readonly place: Place | null };

/**
 * Attempts to connect to a captured pod or node, or to a Service's address outside, that get no answer, as the kernel of the one who tries has measured it: the SYN was
 * sent again, and is away again. A mend must let a new attempt through.
 */
export function attempts(facts: Facts): readonly Check[] {
  const all = facts
    .nodes()
    .flatMap((node) => facts.scopes(node, 'socket'))
    .flatMap((scope) => attemptsIn(facts, scope));
  return [...new Map(all.map((one) => [one.id, one] as const)).values()];
}

const attemptsIn = (facts: Facts, scope: Scope): readonly Check[] =>
  inVain(facts, scope).flatMap((last) => {
    const { remote } = last;
    if (remote === null || remote.address === null || isLoopback(remote.address)) return [];
    const place = placesOf(facts).get(remote.address) ?? null;
    if (place === null && !published(facts).has(`${remote.address} ${remote.port}`)) return [];
    return [attemptCheck({ scope, last, to: remote.address, port: remote.port, place })];
  });

/** What the last look shows unanswered; and what an earlier one did, where the last one shows somebody still at it. */
function inVain(facts: Facts, scope: Scope): readonly Socket[] {
  const partition = facts.partition('socket', scope);
  if (partition === undefined) return [];
  const peerOf = ({ remote }: Socket): string => `${remote?.address} ${remote?.port}`;
  const tried = new Set(partition.facts.filter(({ protocol, state }) => protocol === 'tcp' && state === 'SYN-SENT').map(peerOf));
  const earlier = partition.looks.slice(0, -1).flatMap((look) => look.facts);
  return [...earlier.filter((one) => tried.has(peerOf(one))), ...partition.facts].filter(isUnanswered);
}

/** The SYN was sent at least twice, and the last one is away for a while, and not for long. */
function isUnanswered({ protocol, state, timer, tcp }: Socket): boolean {
  if (protocol !== 'tcp' || state !== 'SYN-SENT' || timer == null || timer.kind !== 'on') return false;
  const awayMs = (tcp?.rtoMs ?? 0) - (timer.expiresMs ?? Number.POSITIVE_INFINITY);
  return (timer.retries ?? 0) >= 1 && awayMs >= PATIENCE_MS && awayMs <= OLD_MS;
}

function attemptCheck({ scope, last, to, port, place }: Attempt): Check {
  const id = `${scopeText(scope)}→${to}:${port}`;
  const words = { en: `an attempt to connect, ${id}, is answered`, zh: `连接请求 ${id} 能得到应答` };
  const check = flowCheck('attempt', id, { from: scope, to, protocol: 'tcp', port }, words, 'observation');
  const says = `SYN-SENT: the SYN was sent ${1 + (last.timer?.retries ?? 1)} times without an answer`;
  return { ...(place === null ? check : following(check, place)), observed: { result: 'fail', origins: [last.origin], says } };
}

/** The addresses and ports at which Services are found from outside. */
const published = memoised((facts: Facts): ReadonlySet<string> => {
  const services = facts.seen('service', CLUSTER);
  const all = services.is === 'gap' ? [] : services.value;
  return new Set(
    all.flatMap(({ policy, ports }) => {
      const own = [...(policy?.externalIps ?? []), ...(policy?.loadBalancer ?? []).flatMap(({ address }) => address ?? [])];
      return own.flatMap((address) => ports.map(({ port }) => `${address} ${port}`));
    }),
  );
});

/** The captured device of each address of a pod or a node. An address that is there twice is nobody's. */
const placesOf = memoised((facts: Facts): ReadonlyMap<Ip, Place> => {
  const scopes = [...facts.nodes().map(onNode), ...podNamespaces(facts).map(({ scope }) => scope)];
  const all = scopes.flatMap((scope) => {
    const read = facts.seen('address', scope);
    const own = read.is === 'gap' ? [] : read.value.filter(({ address, scope: reach }) => !isLoopback(address) && reach !== 'link');
    return own.map(({ address, dev }): readonly [Ip, Place] => [address, { scope, device: dev }]);
  });
  const times = new Map<Ip, number>();
  for (const [address] of all) times.set(address, (times.get(address) ?? 0) + 1);
  return new Map(all.filter(([address]) => times.get(address) === 1));
});
