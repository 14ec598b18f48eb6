import { deleteRule } from '#actions/iptables-rule/preview';
import type { Action } from '#change/change';
import type { Plan } from '#engine/plan';
import { allowanceFor, allowCommand } from '#engine/policy/allowance';
import type { Denied } from '#engine/policy/denials';
import type { Facts } from '#facts/facts';
import { sameOrigin } from '#snapshot/origin';

/** Nothing to perform: whoever wants the traffic changes the policy, and its enforcer then no longer drops it. */
export function fix(facts: Facts, denied: readonly [Denied, ...Denied[]]): Plan {
  const [first] = denied;
  const command = allowCommand(facts, first, allowanceFor(first));
  const policy = first.side.by[0]?.policy ?? '';
  return {
    steps: [],
    manual: {
      en: `only if it should pass: \`${command}\``,
      zh: `仅在需要放行时执行：\`${command}\``,
    },
    byHand: undone(denied),
    blast: {
      en: `${policy} then allows this to every pod that it selects`,
      zh: `${policy} 选中的所有 Pod 都会放行该流量`,
    },
    lasting: {
      en: 'change it where the policy comes from (chart, manifest, GitOps), or it is written back',
      zh: '请在策略的来源（Helm chart、清单、GitOps）中修改，否则会被改回',
    },
  };
}

/** What the enforcer would no longer do: each rule that ended something, the last of a chain first, so that places stay right. */
function undone(denied: readonly Denied[]): readonly Action[] {
  const rules = denied.filter(({ by }, at) => denied.findIndex((one) => sameOrigin(one.by.origin, by.origin)) === at);
  return rules
    .flatMap(({ placed, scope }) => (placed?.rule == null || placed.position === null ? [] : [{ ...placed, scope, at: placed.position }]))
    .toSorted((one, other) => other.at - one.at)
    .flatMap(({ scope, table, chain, at, rule }) => (rule === null ? [] : [deleteRule(scope, table, chain.name, at, rule)]));
}
