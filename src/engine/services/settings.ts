import type { Facts } from '#facts/facts';
import type { IptablesChain, IptablesRule } from '#facts/iptables/iptables';
import type { FactOf } from '#facts/kinds';
import type { Source } from '#intent/kube-proxy/answers';
import type { Front } from '#intent/kube-proxy/fronts';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import type { Deviation } from './deviation.ts';

type Table = FactOf<'iptables'>;

/** A setting of a Service that no single packet shows, as a node's rules have it otherwise. */
export type SettingDeviation = { readonly deviation: Deviation; readonly origin: Origin };

/**
 * How long rules keep a client with its endpoint, and whether they let a balancer in that asks for the node's health (iptables
 * mode). Each is compared once: for pods at the cluster IP, for clients outside at the node port.
 */
export function settingDeviations(facts: Facts, node: string, front: Front, source: Source): readonly SettingDeviation[] {
  const read = facts.seen('iptables', onNode(node));
  const tables = read.is === 'gap' ? [] : read.value.filter(({ family }) => family === front.family);
  if (front.kind === 'cluster IP' && source.is === 'pod') return affinity(tables, front);
  return front.kind === 'node port' && source.is === 'outside' ? health(tables, front) : [];
}

function affinity(tables: readonly Table[], { name, address, port, policy }: Front): readonly SettingDeviation[] {
  const nat = tables.filter(({ table }) => table === 'nat');
  for (const table of nat) {
    const portal = chainOf(table, 'KUBE-SERVICES')?.rules.find(
      (rule) => words(rule) === `${name} cluster IP` && rule.destination?.value.startsWith(`${address}/`) === true && dport(rule) === port,
    );
    const chain = portal?.target == null ? undefined : chainOf(table, portal.target.name);
    const [pick, ...more] = chain?.rules.filter(({ target }) => target?.name.startsWith('KUBE-SEP-') === true) ?? [];
    if (pick === undefined) continue;
    const seconds = [pick, ...more].flatMap((rule) => secondsOf(rule) ?? [])[0] ?? null;
    if (seconds === policy.affinitySeconds) return [];
    return [{ deviation: { is: 'affinity', seconds, shouldBe: policy.affinitySeconds }, origin: pick.origin }];
  }
  return [];
}

/** Rules that are not there at all are another deviation. */
function health(tables: readonly Table[], { policy, service }: Front): readonly SettingDeviation[] {
  const port = policy.healthCheckNodePort;
  const own = tables.find((table) => table.table === 'filter' && chainOf(table, 'KUBE-NODEPORTS') !== undefined);
  const chain = own === undefined ? undefined : chainOf(own, 'KUBE-NODEPORTS');
  if (port === null || chain === undefined) return [];
  const isIn = chain.rules.some((rule) => rule.target?.name === 'ACCEPT' && dport(rule) === port);
  return isIn ? [] : [{ deviation: { is: 'health port closed', port, of: `${service.namespace}/${service.name}` }, origin: chain.origin }];
}

const chainOf = ({ chains }: Table, name: string): IptablesChain | undefined => chains.find((chain) => chain.name === name);

const optionOf = ({ matches }: IptablesRule, match: RegExp, option: string): readonly string[] | undefined =>
  matches
    .filter(({ name }) => match.test(name))
    .flatMap(({ options }) => options)
    .find(({ name }) => name.replace(/^-+/, '') === option)?.values;

const words = (rule: IptablesRule): string | undefined => optionOf(rule, /^comment$/, 'comment')?.join(' ');
const dport = (rule: IptablesRule): number => Number(optionOf(rule, /^(tcp|udp|sctp)$/, 'dport')?.[0]);

function secondsOf(rule: IptablesRule): number | undefined {
  const seconds = optionOf(rule, /^recent$/, 'seconds')?.[0];
  return seconds === undefined ? undefined : Number(seconds);
}
