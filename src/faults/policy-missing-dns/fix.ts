import { insertRule } from '#actions/iptables-rule/preview';
import type { Action } from '#change/change';
import type { Plan } from '#engine/plan';
import { type Allowance, allowanceFor, allowCommand } from '#engine/policy/allowance';
import type { Denied } from '#engine/policy/denials';
import type { Facts } from '#facts/facts';
import { writtenRule } from '#facts/iptables/written-rule';
import { sameOrigin } from '#snapshot/origin';
import { CLUSTER } from '#snapshot/scope';

const DNS = 53;

/** Nothing to perform from a node: the policy gets a rule for cluster DNS, and whoever enforces it writes that. */
export function fix(facts: Facts, denied: readonly [Denied, ...Denied[]]): Plan {
  const [first] = denied;
  const command = allowCommand(facts, first, { ...lookups(facts, first), ports: PROTOCOLS.map((protocol) => ({ protocol, port: DNS })) });
  const policy = first.side.by[0]?.policy ?? '';
  return {
    steps: [],
    manual: { en: command, zh: command },
    byHand: enforced(denied),
    blast: {
      en: `the pods that ${policy} selects may ask cluster DNS; nothing else is opened`,
      zh: `${policy} 选中的 Pod 可以访问集群 DNS，不会放行其他流量`,
    },
    lasting: {
      en: 'put the same rule into the policy where it comes from; a policy of its own for each namespace that lets all pods reach cluster DNS (podSelector: {}) spares every other policy that rule. With NodeLocal DNSCache pods ask an address of their node: allow that one',
      zh: '请同步修改策略来源；也可为每个命名空间单独建立一条允许所有 Pod（podSelector: {}）访问集群 DNS 的策略，其他策略就不必再写。使用 NodeLocal DNSCache 时 Pod 访问的是节点本地地址，需放行该地址',
    },
  };
}

const PROTOCOLS = ['UDP', 'TCP'] as const;

/** The pods that answer names: by the selector of their Service, else as the one that was asked. */
function lookups(facts: Facts, denied: Denied): Allowance {
  const narrow = allowanceFor(denied);
  const services = facts.seen('service', CLUSTER);
  const asked = denied.ending.walk.packet.destination;
  const service = services.is === 'seen' ? services.value.find(({ clusterIps }) => clusterIps.includes(asked)) : undefined;
  return service?.selector == null ? narrow : { ...narrow, peer: { namespace: service.namespace, labels: service.selector } };
}

/** What the enforcer would then write: a rule for each lookup before the one that stops it. */
function enforced(denied: readonly Denied[]): readonly Action[] {
  const kinds = denied.filter(
    (one, at) => denied.findIndex((other) => sameOrigin(other.by.origin, one.by.origin) && protocolOf(other) === protocolOf(one)) === at,
  );
  return kinds.flatMap((one) => {
    const { placed, scope } = one;
    if (placed === undefined || placed.position === null) return [];
    const protocol = protocolOf(one);
    const rule = writtenRule(placed.chain.name, { protocol, matches: [[protocol, ['--dport', String(DNS)]]], target: 'ACCEPT' });
    return [insertRule(scope, placed.table, placed.chain.name, placed.position, rule)];
  });
}

const protocolOf = ({ question }: Denied): string => question.protocol.toLowerCase();
