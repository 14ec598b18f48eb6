import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import { sha256 } from '#net/sha256';
import { CLUSTER } from '#snapshot/scope';
import type { Behind } from './owned.ts';

/** iptables' longest chain name that felix uses (felix/rules, MaxChainNameLength). */
const LONGEST = 28;

/** Calico's policy and profile chains by name, for every policy and namespace that is known, in the forms of its versions. */
export const calicoChains: (facts: Facts) => ReadonlyMap<string, readonly Behind[]> = memoised((facts: Facts) => {
  const chains = new Map<string, readonly Behind[]>();
  const put = (prefixes: readonly string[], id: string, behind: Omit<Behind, 'because'>): void => {
    for (const prefix of prefixes) chains.set(limited(prefix, id), [{ ...behind, because: `the chain is named after ${id}` }]);
  };
  const kubernetes = facts.seen('network-policy', CLUSTER);
  for (const { namespace, name, origin } of kubernetes.is === 'gap' ? [] : kubernetes.value) {
    const behind = { kind: 'NetworkPolicy', name: `${namespace}/${name}`, origin } as const;
    for (const id of idsOf(namespace, `knp.default.${name}`, 'default')) put(POLICY, id, behind);
  }
  const calico = facts.seen('calico-policy', CLUSTER);
  for (const { namespace, name, tier, origin } of calico.is === 'gap' ? [] : calico.value) {
    const behind = { kind: 'Calico policy', name: namespace === null ? name : `${namespace}/${name}`, origin } as const;
    for (const id of idsOf(namespace, name, tier)) put(POLICY, id, behind);
  }
  const namespaces = facts.seen('kubernetes-namespace', CLUSTER);
  for (const { name, origin } of namespaces.is === 'gap' ? [] : namespaces.value) {
    put(PROFILE, `kns.${name}`, { kind: 'Namespace', name, origin });
  }
  return chains;
});

const POLICY = ['cali-pi-', 'cali-po-'];
const PROFILE = ['cali-pri-', 'cali-pro-'];

/** What felix hashes for a policy: its name, in namespaced form, with or without the tier before it. */
function idsOf(namespace: string | null, name: string, tier: string): readonly string[] {
  const own = namespace === null ? name : `${namespace}/${name}`;
  const bare = name.startsWith(`${tier}.`) ? name.slice(tier.length + 1) : name;
  const kind = namespace === null ? 'gnp' : name.startsWith('knp.') ? 'knp' : 'np';
  return [own, `${tier}/${own}`, namespace === null ? bare : `${namespace}/${bare}`, `${kind}/${own}`];
}

/** A name that would be too long is cut to a hash of the id (felix/hashutils, GetLengthLimitedID). */
export function limited(prefix: string, id: string): string {
  if (prefix.length + id.length <= LONGEST && !id.startsWith('_')) return `${prefix}${id}`;
  const hash = Buffer.from(sha256(id)).toString('base64url');
  return `${prefix}_${hash.slice(0, LONGEST - 1 - prefix.length)}`;
}
