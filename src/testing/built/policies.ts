import type { Facts } from '#facts/facts';
import type { LabelSelector } from '#facts/label-selector';
import type { FactOf } from '#facts/kinds';
import { CLUSTER } from '#snapshot/scope';
import type { BuiltCluster, BuiltPod } from '../world-builder.ts';
import { withApi } from './api.ts';
import { type Bare, written } from './written.ts';

const ALLOWED = '0x10000/0x10000';

/** Pods with an `app` label of this value. */
export const app = (value: string): LabelSelector => ({ matchLabels: { app: value }, matchExpressions: [] });

/** A NetworkPolicy of the namespace default that says nothing yet. */
export const policy = (name: string, pods: LabelSelector, more: Partial<FactOf<'network-policy'>>): Bare<'network-policy'> => ({
  namespace: 'default',
  name,
  pods,
  types: ['Ingress'],
  ingress: [],
  egress: [],
  ...more,
});

/** What may pass by direction, as matches of iptables; a direction that is not named is no policy's. */
type Passing = { readonly in?: readonly string[]; readonly out?: readonly string[] };

/** What kube-router programs before a pod: echoes pass, then what the policies' chains mark. */
export function guarded(built: BuiltCluster, { node, address, name }: BuiltPod, passing: Passing): BuiltCluster {
  const { scope } = built.node(node);
  const guard = `KUBE-POD-FW-${name.replace(/\W/g, '').toUpperCase()}`;
  const chain = (chain: string, marks: readonly string[] = ['']): readonly string[] => [
    ...marks.map((match) => `-A ${chain}${match === '' ? '' : ` ${match}`} -j MARK --set-xmark ${ALLOWED}`),
    `-A ${chain} -m mark --mark ${ALLOWED} -j RETURN`,
  ];
  const rules = [
    ...chain('KUBE-NWPLCY-IN', passing.in),
    ...chain('KUBE-NWPLCY-OUT', passing.out),
    `-A ${guard} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${guard} -p icmp -m icmp --icmp-type 8 -j ACCEPT`,
    `-A ${guard} -d ${address}/32 -j KUBE-NWPLCY-IN`,
    `-A ${guard} -s ${address}/32 -j KUBE-NWPLCY-OUT`,
    `-A ${guard} -m mark ! --mark ${ALLOWED} -j REJECT --reject-with icmp-port-unreachable`,
    `-A KUBE-ROUTER-FORWARD -d ${address}/32 -m comment --comment "rule to jump traffic destined to POD name:${name}" -j ${guard}`,
    `-A KUBE-ROUTER-FORWARD -s ${address}/32 -m comment --comment "rule to jump traffic from POD name:${name}" -j ${guard}`,
  ];
  const made = rules.reduce((now, rule) => now.rule(scope, 'filter', rule), built);
  return made.rule(scope, 'filter', '-A FORWARD -j KUBE-ROUTER-FORWARD', 0);
}

/** What Calico programs before a pod, dispatched by its address for the built pods hang on a bridge: each match is one Deny, the rest passes. */
export function walled(built: BuiltCluster, { node, address }: BuiltPod, denies: readonly string[]): BuiltCluster {
  const { scope } = built.node(node);
  const rules = [
    ...denies.map((match) => `-A cali-pi-_DkfM1cEDqhc5ZHJT2kK ${match} -j DROP`),
    '-A cali-pi-_DkfM1cEDqhc5ZHJT2kK -j MARK --set-xmark 0x10000/0x10000',
    '-A cali-tw-cali0a1b2c3d4e5 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A cali-tw-cali0a1b2c3d4e5 -j MARK --set-xmark 0x0/0x10000',
    '-A cali-tw-cali0a1b2c3d4e5 -j cali-pi-_DkfM1cEDqhc5ZHJT2kK',
    '-A cali-tw-cali0a1b2c3d4e5 -m mark --mark 0x10000/0x10000 -j RETURN',
    '-A cali-tw-cali0a1b2c3d4e5 -m comment --comment "Drop if no profiles matched" -j DROP',
    `-A cali-FORWARD -d ${address}/32 -j cali-tw-cali0a1b2c3d4e5`,
  ];
  const made = rules.reduce((now, rule) => now.rule(scope, 'filter', rule), built);
  return made.rule(scope, 'filter', '-A FORWARD -j cali-FORWARD', 0);
}

/** The facts of a built cluster with the API's objects and these NetworkPolicies, all lists whole. */
export const withPolicies = (built: BuiltCluster, ...policies: readonly Bare<'network-policy'>[]): Facts =>
  withApi(built).with(written('network-policy', CLUSTER, 'api/networkpolicies', policies));
