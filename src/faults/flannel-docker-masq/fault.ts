import type { Answered, Check } from '#engine/check';
import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import { homeOf, leasesOf } from '#intent/flannel/home';
import { masquerading } from '#intent/flannel/masquerade';
import { nodeSubjects } from '#intent/flannel/subjects';
import { type Cidr, parseCidr } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;

function subnetOf(
  facts: Facts,
  node: string,
): { readonly subnet: Cidr; readonly ipMasq: boolean | undefined; readonly by: Evidence } | undefined {
  const files = facts.seen('subnet-env', onNode(node));
  const file = files.is === 'seen' ? files.value.find(({ subnet }) => subnet !== undefined) : undefined;
  if (file?.subnet !== undefined) return { subnet: file.subnet, ipMasq: file.ipMasq, by: file };
  const leases = leasesOf(facts);
  const lease = leases.is === 'seen' ? leases.value.find((one) => homeOf(facts, one)?.node === node) : undefined;
  return lease === undefined ? undefined : { subnet: lease.subnet, ipMasq: undefined, by: lease };
}

function judged(facts: Facts, node: string): Ruling<Found> {
  const own = subnetOf(facts, node);
  if (own === undefined) return absent([]);
  const { subnet, ipMasq, by } = own;
  const rules = masquerading(facts, node, subnet);
  if (rules.is === 'gap') return unknown(rules.gap);
  const { flannel, docker, leaving, tables } = rules.value;
  if (flannel !== undefined && docker !== undefined) {
    return found({ node, subnet, who: 'both', rule: docker.rule.text }, [docker.rule, flannel.rule, by]);
  }
  // pods that are meant to be routed outside are masqueraded by nobody: only what was asked for can be missing
  if (flannel === undefined && docker === undefined && leaving === undefined && ipMasq === true && rules.complete) {
    return found({ node, subnet, who: 'neither', rule: null }, [by, ...tables]);
  }
  return absent([by, ...[flannel, docker].flatMap((one) => one?.rule ?? [])]);
}

/** The question that no flow asks: whether exactly one masquerades. */
const asked = ({ node, subnet }: Found): Check => ({
  id: `masquerade ${node}`,
  kind: 'masquerade',
  from: 'invariant',
  says: { en: `exactly one masquerades the pods of ${node}`, zh: `${node} 上的 Pod 只由一方做 SNAT` },
  ask: ({ facts }): Answered => {
    const cidr = parseCidr(subnet);
    const rules = cidr === undefined ? undefined : masquerading(facts, node, cidr);
    const base = { probability: null, outcomes: [], gaps: [] };
    if (rules?.is !== 'seen') return { ...base, result: 'unknown', says: 'the rules were not read' };
    const { flannel, docker, leaving } = rules.value;
    const one = (flannel === undefined) !== (docker === undefined) || (docker === undefined && leaving !== undefined);
    return { ...base, result: one ? 'pass' : 'fail', says: one ? 'one masquerades' : 'both do, or nobody' };
  },
});

/** flanneld and Docker that both masquerade the pods of a node, or neither. */
export default defineFault<NodeSubject, Found>({
  id: 'flannel-docker-masq',
  is: {
    en: 'flanneld and Docker both masquerade the pods of a node, or neither does',
    zh: 'flanneld 与 Docker 都对 Pod 做了 SNAT，或都没有做',
  },
  area: 'overlay',
  severity: 'warning',
  needs: ['iptables', 'subnet-env', 'docker-options', 'lease'],
  lookAlikes: ['host-firewall-rule', 'pod-bridge-outside-lease'],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, { facts }) => judged(facts, node),
  asks: (_, params) => [asked(params)],
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
