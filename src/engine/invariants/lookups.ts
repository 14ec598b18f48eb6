import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Question } from '#sim/dns/lookup';
import type { Scope } from '#snapshot/scope';
import { askLookup } from '../ask-lookup.ts';
import type { Check } from '../check.ts';
import { podsOf } from './pods.ts';

/** Each pod whose resolv.conf is a cluster's resolves the API server's name, asked as glibc asks for a name with a trailing dot. */
export function lookups(facts: Facts): readonly Check[] {
  return podsOf(facts).flatMap(({ scope, text }): Check[] => {
    const question = clusterLookup(facts, scope);
    if (question === undefined) return [];
    const { name } = question;
    return [
      {
        id: `lookup ${text}→${name}`,
        kind: 'lookup',
        from: 'invariant',
        says: { en: `the pod ${text} resolves ${name}`, zh: `Pod ${text} 能解析 ${name}` },
        ask: askLookup(question),
      },
    ];
  });
}

/** The lookup that every pod of a cluster can do; nothing where its resolv.conf is not a cluster's, or was not captured. */
export function clusterLookup(facts: Facts, from: Scope): Omit<Question, 'world'> | undefined {
  const read = facts.seen('resolv-conf', from);
  const resolvConf = read.is === 'gap' ? undefined : read.value.find(({ path }) => path === '/etc/resolv.conf');
  const domain = resolvConf === undefined ? undefined : clusterDomain(resolvConf);
  if (resolvConf === undefined || domain === undefined || resolvConf.nameservers.length === 0) return undefined;
  return { from, resolvConf, name: `kubernetes.default.svc.${domain}.` };
}

/** The cluster's domain as kubelet writes it into the search list (`svc.cluster.local`); a pod that asks the node's servers has none. */
const clusterDomain = ({ search }: FactOf<'resolv-conf'>): string | undefined =>
  search
    .find((one) => one.startsWith('svc.'))
    ?.slice('svc.'.length)
    .replace(/\.$/, '');
