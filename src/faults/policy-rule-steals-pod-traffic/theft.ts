import { type World, worldOf } from '#dataplane/world';
import { isBornWith } from '#dataplane/rules';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { type Rule, rule as ruleKind } from '#facts/rule/rule';
import type { FactRef, Hop, Walk } from '#sim/packet/outcome';
import type { Packet } from '#sim/packet/packet';
import { lookup, type RouteAnswer, type RouteFlow } from '#sim/packet/route/lookup';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';

/** A packet whose way a policy rule chose, and the way that all other rules would have given it. */
export type Theft = {
  readonly rule: Rule;
  readonly packet: Packet;
  readonly took: string;
  readonly otherwise: string;
  readonly evidence: readonly Origin[];
};

/** The rules of a node that somebody made. */
export const addedRules = (facts: Facts, node: string): readonly Rule[] => {
  const rules = facts.seen('rule', onNode(node));
  return rules.is === 'seen' ? rules.value.filter((one) => !isBornWith(one)) : [];
};

/** Where on its way over a node a rule led a packet elsewhere than the others would have. */
export function theftOn(world: World, node: string, walk: Walk): Theft | undefined {
  const added = addedRules(world.facts, node);
  for (const [at, hop] of walk.hops.entries()) {
    if (hop.at.node !== node || hop.at.netns !== '') continue;
    const last = at === walk.hops.length - 1;
    const cited = new Set([...hop.steps.flatMap(({ by }) => by), ...(last ? walk.reason.by : [])].filter(isRule).map(({ key }) => key));
    for (const rule of added.filter((one) => cited.has(ruleKind.key(one)))) {
      const theft = flowsOf(walk, at)
        .map((flow) => theftOf(world, node, rule, flow))
        .find((one) => one !== undefined);
      if (theft !== undefined) return theft;
    }
  }
  return undefined;
}

const isRule = ({ kind, absent }: FactRef): boolean => kind === 'rule' && absent !== true;

/** What a packet may have been looked up by on this hop: as it came, as rules rewrote it, and as a tunnel wrapped it. */
function flowsOf(walk: Walk, at: number): readonly RouteFlow[] {
  const hop = walk.hops[at] as Hop;
  const came = walk.hops[at - 1]?.left ?? walk.packet;
  const packets = [came, ...hop.steps.flatMap(({ packet }) => packet ?? [])];
  const devices = new Set([
    hop.in ?? 'lo',
    ...hop.steps.flatMap(({ by }) => by).flatMap(({ kind, key }) => (kind === 'link' ? [key] : [])),
  ]);
  return [
    ...packets.flatMap((packet) => [...devices].map((iif) => flowOf(packet, iif))),
    ...(walk.outer === undefined ? [] : [flowOf(walk.outer, 'lo')]),
  ];
}

const flowOf = (packet: Packet, iif: string): RouteFlow => ({
  source: packet.source,
  destination: packet.destination,
  iif,
  oif: null,
  mark: packet.mark,
  packet,
});

function theftOf(world: World, node: string, rule: Rule, flow: RouteFlow): Theft | undefined {
  const scope = onNode(node);
  const key = ruleKind.key(rule);
  const stack = world.stack(scope);
  const others = worldOf(edit(world.facts, [{ op: 'delete', kind: 'rule', scope, key }], 'without the rule')).stack(scope);
  if (stack === undefined || others === undefined || flow.packet === null) return undefined;
  const [taken, other] = [lookup(null, stack, flow), lookup(null, others, flow)];
  if (taken.is === 'gap' || other.is !== 'path' || !cites(taken, key)) return undefined;
  const [took, otherwise] = [wayText(taken), wayText(other)];
  if (took === otherwise) return undefined;
  return { rule, packet: flow.packet as Packet, took, otherwise, evidence: citations(taken).map(({ origin }) => origin) };
}

const citations = (answer: Exclude<RouteAnswer, { is: 'gap' }>): readonly FactRef[] => (answer.is === 'path' ? answer.path.by : answer.by);

const cites = (answer: Exclude<RouteAnswer, { is: 'gap' }>, key: string): boolean =>
  citations(answer).some((one) => isRule(one) && one.key === key);

function wayText(answer: Exclude<RouteAnswer, { is: 'gap' }>): string {
  if (answer.is === 'error') return answer.says;
  const { via, dev } = answer.path;
  return via === null ? `dev ${dev}` : `via ${via} dev ${dev}`;
}
