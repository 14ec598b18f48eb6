import { memoised } from '#dataplane/memo';
import { podNamespaces } from '#dataplane/pods';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { FactOf } from '#facts/kinds';
import { cidrOf, contains } from '#net/cidr';
import type { Ip } from '#net/ip';
import { onNode, type Scope } from '#snapshot/scope';
import { type Read, type Seen, seen } from '#snapshot/seen';
import type { AskedCheck } from './check.ts';
import { absent, type Ruling, unknown } from './ruling.ts';
import type { Subject } from './subject.ts';
import { subjectText } from './subject.ts';
import type { View } from './view.ts';

/** A pod as a subject of verdicts. */
export type PodSubject = Extract<Subject, { kind: 'pod' }>;

/** A pod's address, its device, the node's end of its veth, and the bridge that the node's pods hang on. */
export type PodPlace = {
  readonly text: string;
  readonly scope: Scope;
  readonly address: FactOf<'address'>;
  readonly device: FactOf<'link'>;
  readonly host: FactOf<'link'> | undefined;
  readonly bridge: FactOf<'link'> | undefined;
  /** The node's address on that bridge. */
  readonly gateway: Ip | undefined;
};

/** All pods whose namespaces were captured. */
export const podSubjects = (facts: Facts): Read<readonly PodSubject[]> =>
  seen(
    podNamespaces(facts).map(({ node, scope }) => ({ kind: 'pod', node, netns: scope.netns, name: nameOf(facts, scope) })),
    [],
  );

function nameOf(facts: Facts, { node, netns }: Scope): string | null {
  const namespaces = facts.seen('namespace', onNode(node));
  const pod = namespaces.is === 'seen' ? namespaces.value.find(({ id }) => id === netns)?.pod : undefined;
  return pod === undefined || pod === null ? null : `${pod.namespace}/${pod.name}`;
}

/** Where a pod hangs; `null`: it has no address that pods have. A gap: its devices or addresses were not read. */
export function placeOf(facts: Facts, subject: PodSubject): Seen<PodPlace | null> {
  const scope = { node: subject.node, netns: subject.netns };
  const [links, addresses] = [facts.seen('link', scope), facts.seen('address', scope)];
  if (links.is === 'gap') return links;
  if (addresses.is === 'gap') return addresses;
  const address = addresses.value.find(({ dev, scope: reach }) => dev !== 'lo' && reach !== 'link' && reach !== 'host');
  const device = links.value.find(({ name }) => name === address?.dev);
  if (address === undefined || device === undefined) return seen(null, [...links.origins, ...addresses.origins]);
  const world = worldOf(facts);
  const stack = world.stack(scope);
  const host = stack === undefined ? undefined : world.peer(stack, device)?.link;
  return seen({ text: subjectText(subject), scope, address, device, host, ...bridgeOf(facts, subject.node, address.address) }, [
    device.origin,
  ]);
}

/** The verdict on a pod where it hangs; one without an address that pods have has none of their faults. */
export function judgedWhere<P>(subject: PodSubject, { facts }: View, judge: (place: PodPlace) => Ruling<P>): Ruling<P> {
  const place = placeOf(facts, subject);
  if (place.is === 'gap') return unknown(place.gap);
  return place.value === null ? absent(place.origins) : judge(place.value);
}

/** Where a pod hangs that a fault was found on. */
export function placeFound(facts: Facts, subject: PodSubject): PodPlace {
  const place = placeOf(facts, subject);
  if (place.is === 'gap' || place.value === null) throw new Error('no pod to mend');
  return place.value;
}

/** The bridge whose own prefix holds an address. */
function bridgeOf(facts: Facts, node: string, address: Ip): Pick<PodPlace, 'bridge' | 'gateway'> {
  const [links, addresses] = [facts.seen('link', onNode(node)), facts.seen('address', onNode(node))];
  if (links.is === 'gap' || addresses.is === 'gap') return { bridge: undefined, gateway: undefined };
  const bridges = links.value.filter(({ type, bridge }) => type === 'bridge' || (bridge !== undefined && bridge !== null));
  for (const bridge of bridges) {
    const own = addresses.value.find(
      (one) => one.dev === bridge.name && one.length < 32 && contains(cidrOf(one.address, one.length), address),
    );
    if (own !== undefined) return { bridge, gateway: own.address };
  }
  return { bridge: undefined, gateway: undefined };
}

/** The checks that start in a pod or go to its address. */
export function checksOf(view: View, { scope, address }: Pick<PodPlace, 'scope' | 'address'>): readonly AskedCheck[] {
  const { starting, going } = byEnds(view);
  const there = going.get(address.address) ?? [];
  return [
    ...(starting.get(startKey(scope)) ?? []),
    ...there.filter(({ flow }) => flow !== undefined && startKey(flow.from) !== startKey(scope)),
  ];
}

const startKey = ({ node, netns }: Scope): string => `${node}\0${netns}`;

/** The checks of a view by where they start, and by whom they go to. */
const byEnds = memoised(({ checks }: View) => ({
  starting: grouped(checks, ({ flow }) => (flow === undefined ? '' : startKey(flow.from))),
  going: grouped(checks, ({ flow }) => flow?.to ?? ''),
}));

/** Whether no question about the pod fails and some are answered well: one whose answer lies outside of what was captured tells nothing. */
export function isWell(view: View, place: Pick<PodPlace, 'scope' | 'address'>): boolean {
  const results = checksOf(view, place).map(({ answered }) => answered.result);
  return results.includes('pass') && !results.includes('fail');
}
