import type { LabNode, LabPod, Line } from '../cluster.ts';

const POD = 'cali-tw-cali0a1b2c3d4e5';
const CHAINS = ['cali-FORWARD', 'cali-to-wl-dispatch', POD];
const ACCEPTED = '0x10000/0x10000';
const JUMP = '-m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD';

const said = (words: string): string => `-m comment --comment "cali:${words}"`;

/**
 * What felix writes before a pod for one policy: each match is denied, the rest accepted. It is dispatched by the pod's address, for
 * the lab's pods hang on a bridge and have no cali device of their own.
 */
export function walled(node: LabNode, { address }: LabPod, policy: string, denies: readonly string[]): readonly Line[] {
  const chain = `cali-pi-${policy}`;
  const rules = [
    ...[...CHAINS, chain].map((name) => `-N ${name}`),
    ...denies.map((match) => `-A ${chain} ${match} ${said('Ej6p')} -j DROP`),
    `-A ${chain} ${said('Zq1x')} -j MARK --set-xmark ${ACCEPTED}`,
    `-A ${chain} ${said('mB4k')} -m mark --mark ${ACCEPTED} -j RETURN`,
    `-A ${POD} ${said('wXr2')} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${POD} ${said('8rU0')} -m conntrack --ctstate INVALID -j DROP`,
    `-A ${POD} ${said('Nk3d')} -j MARK --set-xmark 0x0/0x10000`,
    `-A ${POD} ${said('Start of policies')} -j MARK --set-xmark 0x0/0x20000`,
    `-A ${POD} ${said('pT7c')} -m mark --mark 0x0/0x20000 -j ${chain}`,
    `-A ${POD} ${said('Return if policy accepted')} -m mark --mark ${ACCEPTED} -j RETURN`,
    `-A ${POD} ${said('Drop if no policies passed packet')} -m mark --mark 0x0/0x20000 -j DROP`,
    `-A cali-to-wl-dispatch -d ${address}/32 ${said('c2Vs')} -g ${POD}`,
    `-A cali-FORWARD ${said('vjrMJCRpqwy5oRoX')} -j MARK --set-xmark 0x0/0xe0000`,
    `-A cali-FORWARD -d ${address}/32 ${said('9xLw')} -j cali-to-wl-dispatch`,
    `-A cali-FORWARD ${said('Policy explicitly accepted packet.')} -m mark --mark ${ACCEPTED} -j ACCEPT`,
    `-I FORWARD 1 ${JUMP}`,
  ];
  return rules.map((rule) => on(node, rule));
}

/** Takes all of that away again. */
export function unwalled(node: LabNode, policy: string): readonly Line[] {
  const chains = [...CHAINS, `cali-pi-${policy}`];
  return [`-D FORWARD ${JUMP}`, ...chains.map((chain) => `-F ${chain}`), ...chains.map((chain) => `-X ${chain}`)].map((rule) =>
    on(node, rule),
  );
}

const on = (node: LabNode, rule: string): Line => ({ at: { node: node.name }, run: `iptables ${rule}` });
