import type { IptablesRule, IptablesTable } from './iptables.ts';

/** Whose hand a chain's name shows. The first that fits stands. */
const CHAINS: readonly (readonly [RegExp, string])[] = [
  [/^KUBE-/, 'kube-proxy'],
  [/^FLANNEL-/, 'flanneld'],
  [/^cali-/, 'Calico'],
  [/^(OLD_)?CILIUM_/, 'Cilium'],
  [/^(CNI-|CNI_)/, 'CNI portmap'],
  [/^WEAVE/, 'Weave'],
  [/^DOCKER/, 'Docker'],
  [/^ufw6?-/, 'ufw'],
  [/^RFC3964_IPv4$|^(FWD[IO]?|IN|PRE|POST|OUTPUT|FORWARD|INPUT|PREROUTING|POSTROUTING)_|_(ZONES|direct)$/, 'firewalld'],
  [/^f2b-/, 'fail2ban'],
];

/** Words by which programs mark rules that they put into built-in chains. */
const COMMENTS: readonly (readonly [RegExp, string])[] = [
  [/kubernetes|KUBE-/i, 'kube-proxy'],
  [/flanneld/i, 'flanneld'],
  [/cali:/i, 'Calico'],
  [/cilium/i, 'Cilium'],
];

/** The program that makes a chain of this name, or nothing: then a person or an unknown program made it. */
export const chainOwner = (chain: string): string | null => CHAINS.find(([name]) => name.test(chain))?.[1] ?? null;

/** The program that made a rule, by its chain, its target or its comment. */
export function ruleOwner(chain: string, rule: IptablesRule): string | null {
  const target = rule.target === null ? null : chainOwner(rule.target.name);
  const comment =
    rule.matches
      .find(({ name }) => name === 'comment')
      ?.options.flatMap(({ values }) => values)
      .join(' ') ?? '';
  return chainOwner(chain) ?? target ?? COMMENTS.find(([words]) => words.test(comment))?.[1] ?? null;
}

/** The program on this node that is known to set the policy of FORWARD to DROP when it starts. */
export function forwardPolicySetter(tables: readonly IptablesTable[], running: readonly string[]): 'Docker' | 'firewalld' | 'ufw' | null {
  const owners = new Set(tables.flatMap(({ chains }) => chains.map(({ name }) => chainOwner(name))));
  if (owners.has('ufw')) return 'ufw';
  if (owners.has('firewalld') || running.includes('firewalld')) return 'firewalld';
  return owners.has('Docker') || running.includes('dockerd') ? 'Docker' : null;
}
