import { failed } from '#engine/check';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { policyRuleOwner } from '#facts/rule/owner';
import { policyRuleWords } from '#facts/rule/words';
import { flannelConfig } from '#intent/flannel/device';
import type { Walk } from '#sim/packet/outcome';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';
import { addedRules, type Theft, theftOn } from './theft.ts';

type Node = Extract<Subject, { kind: 'node' }>;

/** Where failing ways end, and where those that were seen to fail left what was captured. */
function failingWays(view: View): readonly Walk[] {
  const lost = view.checks.filter((check) => failed(check) && check.answered.result === 'unknown');
  return [...view.endings().map(({ walk }) => walk), ...lost.flatMap(({ answered }) => answered.outcomes.filter(isLost))];
}

const isLost = ({ disposition }: Walk): boolean => disposition === 'left the model';

const firstTheft = (view: View, node: string, walks: readonly Walk[]): Theft | undefined => {
  for (const walk of walks) {
    const theft = walk.hops.some(({ at }) => at.node === node) ? theftOn(view.world, node, walk) : undefined;
    if (theft !== undefined) return theft;
  }
  return undefined;
};

/** Ways that nobody knows the end of, for a rule sends them to where nothing was captured. */
const lostWays = (view: View, node: string): readonly Walk[] =>
  view
    .unknowns(node)
    .flatMap(({ answered }) => answered.outcomes.flatMap((one) => [one, ...(one.reply === null ? [] : [one.reply])]).filter(isLost));

const notSeen = (node: string, { rule, packet, took }: Theft): Gap => ({
  of: 'rule',
  scope: onNode(node),
  why: 'not collected',
  detail: `rule ${rule.priority} of ${node} sends ${packet.source} → ${packet.destination} ${took}, and whether that machine passes it on was not captured`,
});

function ruling(node: string, view: View): Ruling<Found> {
  const theft = firstTheft(view, node, failingWays(view));
  if (theft === undefined) {
    const lost = firstTheft(view, node, lostWays(view, node));
    return lost === undefined ? absent(addedRules(view.facts, node)) : unknown(notSeen(node, lost));
  }
  const { rule, packet, took, otherwise, evidence } = theft;
  const words = policyRuleWords(rule).join(' ');
  const way = `${packet.source} → ${packet.destination}`;
  return found({ node, priority: rule.priority, rule: words, packet: way, took, otherwise, owner: policyRuleOwner(rule) }, [
    rule,
    ...evidence.filter((one) => one !== rule.origin),
  ]);
}

/** A rule of the routing policy database that sends the cluster's packets elsewhere than the routes of its network plugin. */
export default defineFault<Node, Found>({
  id: 'policy-rule-steals-pod-traffic',
  is: {
    en: "a routing rule sends the cluster's packets by other routes than its own",
    zh: '策略路由规则抢走了集群流量',
  },
  area: 'node',
  severity: 'error',
  needs: ['rule', 'route', 'link'],
  lookAlikes: [
    'route-wrong-next-hop',
    'route-blackhole',
    'pod-route-missing',
    'default-route-missing',
    'rp-filter-strict',
    'address-range-overlap',
  ],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const rules = view.seen('rule', onNode(node));
    if (rules.is === 'gap') return unknown(rules.gap);
    return addedRules(view.facts, node).length === 0 ? absent(rules.value.length > 0 ? rules.value : rules.origins) : ruling(node, view);
  },
  texts: text,
  fix: (_, params, { facts }) => {
    const rule = addedRules(facts, params.node).find(
      (one) => one.priority === params.priority && policyRuleWords(one).join(' ') === params.rule,
    );
    if (rule === undefined) throw new Error(`no rule ${params.priority} on ${params.node} to delete`);
    return fix(params, rule, flannelConfig(facts)?.network ?? null);
  },
});
