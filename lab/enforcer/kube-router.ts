import type { LabNode, LabPod, Line } from '../cluster.ts';

const MARK = '0x10000/0x10000';
const GUARD = 'KUBE-POD-FW-3ANJLXTTTMB5EDKD';
const INGRESS = 'KUBE-NWPLCY-F4VBC7VHUEGV6PZC';
const EGRESS = 'KUBE-NWPLCY-OXPY7LPQXBNZ2ZPM';
const HOOKS = ['FORWARD', 'OUTPUT'] as const;

/** What policies let through to a pod and from it, as matches of iptables; a direction that is not named is no policy's. */
export type Passing = { readonly in?: readonly string[]; readonly out?: readonly string[] };

/** A policy's chain: what it lets through gets the mark. */
const marking = (chain: string, matches: readonly string[]): readonly string[] => [
  `-N ${chain}`,
  ...matches.flatMap((match) => [
    `-A ${chain} ${match} -m comment --comment "rule to ACCEPT traffic from source pods to dest pods selected by policy name" -j MARK --set-xmark ${MARK}`,
    `-A ${chain} ${match} -m mark --mark ${MARK} -j RETURN`,
  ]),
];

function guard({ address, name }: LabPod, { in: ingress, out }: Passing): readonly string[] {
  const policy = (chain: string, allowed: readonly string[] | undefined): string =>
    allowed === undefined
      ? '-m comment --comment "run through default network policy chain" -j KUBE-NWPLCY-DEFAULT'
      : `-m comment --comment "run through nw policy" -j ${chain}`;
  return [
    `-N ${GUARD}`,
    `-A ${GUARD} -m comment --comment "rule to drop invalid state for pod" -m conntrack --ctstate INVALID -j DROP`,
    `-A ${GUARD} -m comment --comment "rule for stateful firewall for pod" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${GUARD} -d ${address}/32 -m comment --comment "rule to permit the traffic traffic to pods when source is the pod's local node" -m addrtype --src-type LOCAL -j ACCEPT`,
    `-A ${GUARD} -m comment --comment "run through common network policy chain" -j KUBE-NWPLCY-COMMON`,
    `-A ${GUARD} -d ${address}/32 ${policy(INGRESS, ingress)}`,
    `-A ${GUARD} -s ${address}/32 ${policy(EGRESS, out)}`,
    `-A ${GUARD} -m comment --comment "rule to REJECT traffic destined for POD name:${name}" -m mark ! --mark ${MARK} -j REJECT --reject-with icmp-port-unreachable`,
    `-A ${GUARD} -j MARK --set-xmark 0x0/0x10000`,
    `-A ${GUARD} -m comment --comment "set mark to ACCEPT traffic that comply to network policies" -j MARK --set-xmark 0x20000/0x20000`,
  ];
}

/** What kube-router writes before a pod, with addresses in the place of its sets: echoes pass, and what the policies' chains mark. */
export function enforced(node: LabNode, pod: LabPod, passing: Passing): readonly Line[] {
  const { address, name } = pod;
  const jump = (hook: string, side: '-s' | '-d', way: string): string =>
    `-A KUBE-ROUTER-${hook} ${side} ${address}/32 -m comment --comment "rule to jump traffic ${way} POD name:${name} to chain ${GUARD}" -j ${GUARD}`;
  const rules = [
    '-N KUBE-NWPLCY-DEFAULT',
    `-A KUBE-NWPLCY-DEFAULT -m comment --comment "rule to mark traffic matching a network policy" -j MARK --set-xmark ${MARK}`,
    '-N KUBE-NWPLCY-COMMON',
    '-A KUBE-NWPLCY-COMMON -p icmp -m comment --comment "allow icmp echo requests" -m icmp --icmp-type 8 -j ACCEPT',
    ...marking(INGRESS, passing.in ?? []),
    ...marking(EGRESS, passing.out ?? []),
    ...guard(pod, passing),
    ...HOOKS.flatMap((hook) => [
      `-N KUBE-ROUTER-${hook}`,
      jump(hook, '-d', 'destined to'),
      ...(hook === 'FORWARD' ? [jump(hook, '-s', 'from')] : []),
      `-A KUBE-ROUTER-${hook} -m comment --comment "rule to explicitly ACCEPT traffic that comply to network policies" -m mark --mark 0x20000/0x20000 -j ACCEPT`,
      `-I ${hook} 1 -m comment --comment "kube-router netpol - ${hook}" -j KUBE-ROUTER-${hook}`,
    ]),
  ];
  return rules.map((rule) => on(node, rule));
}

/** Takes all of that away again. */
export function released(node: LabNode): readonly Line[] {
  const chains = [...HOOKS.map((hook) => `KUBE-ROUTER-${hook}`), GUARD, INGRESS, EGRESS, 'KUBE-NWPLCY-DEFAULT', 'KUBE-NWPLCY-COMMON'];
  return [
    ...HOOKS.map((hook) => `-D ${hook} -m comment --comment "kube-router netpol - ${hook}" -j KUBE-ROUTER-${hook}`),
    ...chains.map((chain) => `-F ${chain}`),
    ...chains.map((chain) => `-X ${chain}`),
  ].map((rule) => on(node, rule));
}

const on = (node: LabNode, rule: string): Line => ({ at: { node: node.name }, run: `iptables ${rule}` });
