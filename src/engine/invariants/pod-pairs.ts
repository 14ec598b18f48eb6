import { grouped } from '#facts/grouped';
import { type Pod, podsOf } from './pods.ts';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { Ip } from '#net/ip';
import { trace } from '#sim/packet/trace';
import { onNode, type Scope } from '#snapshot/scope';
import type { Check } from '../check.ts';
import { askFlow } from '../ask.ts';
import { alikePeers } from './alike/peers.ts';
import { flowCheck, followed, following, type Place } from './flow-check.ts';

const HTTP_ALT = 8080;
const DEFAULT_MTU = 1500;
/** Up to so many nodes every pair is asked in every way; beyond, so many to either side, and of the others some of each sort. */
const MANY_NODES = 32;
const NEAR = 3;
/** Of peers that a node cannot tell apart so many are asked by ICMP. */
const OF_A_SORT = 2;

type Placed = Pod & { readonly address: Ip };
/** The pod that speaks for each node. */
type Speakers = ReadonlyMap<string, Placed>;

/**
 * One pod of each node to one of every other, both ways, by ICMP, TCP and at the full size that the pod's MTU allows; the other
 * pods to and from one pod elsewhere; each node to a pod of every other node. Of very many nodes, to some of each sort.
 */
export function podPairs(facts: Facts): readonly Check[] {
  const byNode = grouped(
    podsOf(facts).filter((pod): pod is Placed => pod.address !== null),
    ({ node }) => node,
  );
  const first = new Map([...byNode].map(([node, pods]) => [node, representative(pods, facts)] as const));
  const checks = first.size <= MANY_NODES ? everyPair(first, facts) : somePairs(first, facts);
  for (const [node, pods] of byNode) {
    const elsewhere = [...first].find(([other]) => other !== node)?.[1];
    if (elsewhere !== undefined)
      checks.push(...pods.filter((pod) => pod !== first.get(node)).flatMap((pod) => [podPod(pod, elsewhere), podPod(elsewhere, pod)]));
  }
  return checks;
}

const everyPair = (first: Speakers, facts: Facts): Check[] =>
  [...first].flatMap(([from, pod]) => [...first].flatMap(([to, peer]) => (from === to ? [] : pairChecks(pod, peer, from, to, facts))));

/** Of very many nodes: what is the same of many peers is told by few; of a sort of which one fails, and of whom most fail, all is asked. */
function somePairs(first: Speakers, facts: Facts): Check[] {
  const world = worldOf(facts);
  const places = new Map([...first.keys()].map((node, place) => [node, place] as const));
  const sortsOf = alikePeers(facts, first);
  const fails = (from: string, to: string): boolean => echo(first, from, to).ask(world).result !== 'pass';
  const tried = [...first.keys()].flatMap((from) => sortsOf(from).map((sort) => sampleOf(from, sort, places, fails)));
  const isIll = illAmong(tried);
  const asked = new Map(
    [...grouped(tried, ({ from }) => from)].map(([from, own]) => [
      from,
      new Set(own.flatMap(({ sort, samples, failing }) => (failing.length > 0 ? sort : [...samples, ...sort.filter(isIll)]))),
    ]),
  );
  return [...asked].flatMap(([from, peers]) =>
    [...peers].flatMap((to) =>
      apart(from, to, places) <= NEAR ? pairChecks(of(first, from), of(first, to), from, to, facts) : [echo(first, from, to)],
    ),
  );
}

/** Peers that a node cannot tell apart, those of them that were tried, and those that did not answer. */
type Tried = {
  readonly from: string;
  readonly sort: readonly string[];
  readonly samples: readonly string[];
  readonly failing: readonly string[];
};

/** The neighbours in the ring of all nodes among a sort of peers, and else those that come next. */
function sampleOf(
  from: string,
  sort: readonly string[],
  places: ReadonlyMap<string, number>,
  fails: (from: string, to: string) => boolean,
): Tried {
  const far = (to: string): number => apart(from, to, places);
  const samples = sort.toSorted((one, other) => far(one) - far(other)).filter((to, at) => far(to) <= NEAR || at < OF_A_SORT);
  return { from, sort, samples, failing: samples.filter((to) => fails(from, to)) };
}

/** Nodes that at least half of those do not reach who tried. */
function illAmong(tried: readonly Tried[]): (node: string) => boolean {
  const failing = timesOf(tried.flatMap((one) => one.failing));
  const asked = timesOf(tried.flatMap((one) => one.samples));
  return (node) => 2 * (failing.get(node) ?? 0) >= Math.max(1, asked.get(node) ?? 0);
}

const timesOf = (nodes: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...grouped(nodes, (node) => node)].map(([node, all]) => [node, all.length]));

/** How far two nodes stand from each other in the ring: each has as many neighbours on either side. */
function apart(from: string, to: string, places: ReadonlyMap<string, number>): number {
  const steps = Math.abs((places.get(from) ?? 0) - (places.get(to) ?? 0));
  return Math.min(steps, places.size - steps);
}

function of(first: Speakers, node: string): Placed {
  const pod = first.get(node);
  if (pod === undefined) throw new Error(`nobody speaks for ${node}`);
  return pod;
}

const echo = (first: Speakers, from: string, to: string): Check => podPod(of(first, from), of(first, to), `${from}→${to}`);

/** A pod that its own node reaches, so that a broken pod does not speak for its node. */
function representative(pods: readonly Placed[], facts: Facts): Placed {
  const [first] = pods;
  if (first === undefined) throw new Error('a node without pods has no representative');
  const world = worldOf(facts);
  const good = pods
    .slice(0, 4)
    .find((pod) =>
      trace(world, { from: onNode(pod.node), to: pod.address, protocol: 'icmp' }).outcomes.every(({ works }) => works === 'yes'),
    );
  return good ?? first;
}

function pairChecks(pod: Placed, peer: Placed, from: string, to: string, facts: Facts): Check[] {
  const link = `${from}→${to}`;
  const size = mtuOf(pod.scope, facts);
  return [
    podPod(pod, peer, link),
    following(
      flowCheck('pod-pod-tcp', link, { from: pod.scope, to: peer.address, protocol: 'tcp', port: HTTP_ALT }, says(link, 'by TCP', 'TCP')),
      placeOf(peer),
    ),
    fullSize(pod, peer, link, size),
    following(nodeToPod(from, peer, to), placeOf(peer)),
  ];
}

const placeOf = ({ scope, device }: Placed): Place => ({ scope, device: device ?? '' });

const nodeToPod = (from: string, peer: Placed, to: string): Check =>
  flowCheck(
    'node-pod',
    `${from}→${peer.text}`,
    { from: onNode(from), to: peer.address, protocol: 'icmp' },
    {
      en: `the node ${from} reaches the pod ${peer.text} on ${to}`,
      zh: `节点 ${from} 能访问 ${to} 上的 Pod ${peer.text}`,
    },
  );

/** At the full size of the pod's device, whatever that is when the question is asked: a mend may have changed it. */
function fullSize(pod: Placed, peer: Placed, link: string, size: number): Check {
  const flow = { from: pod.scope, to: peer.address, protocol: 'icmp', size, df: true } as const;
  const asked = flowCheck('pod-pod-full', link, flow, says(link, `with ${size} bytes`, `${size} 字节的包`));
  return { ...asked, ask: (world) => askFlow({ ...followed(flow, placeOf(peer), world), size: mtuOf(pod.scope, world.facts) })(world) };
}

const says = (link: string, how: string, zh: string): Check['says'] => ({
  en: `pods reach pods, ${link}, ${how}`,
  zh: `Pod 之间互通,${link},${zh}`,
});

function podPod(from: Placed, to: Placed, id = `${from.text}→${to.text}`): Check {
  return following(
    flowCheck('pod-pod', id, { from: from.scope, to: to.address, protocol: 'icmp' }, says(id, 'by ICMP', 'ICMP')),
    placeOf(to),
  );
}

/** The MTU of the device that a pod's default route leaves by. */
function mtuOf(scope: Scope, facts: Facts): number {
  const links = facts.seen('link', scope);
  if (links.is === 'gap') return DEFAULT_MTU;
  return links.value.find(({ name, type }) => name !== 'lo' && type !== 'loopback')?.mtu ?? DEFAULT_MTU;
}
