import type { Dice } from '../../draw/dice.ts';
import type { Layout, Namespace } from './layout.ts';
import type { Aim, Aimed, Protocol } from './packet.ts';
import { addressesOf } from './pool.ts';
import type { Family, Hook } from './rule.ts';

/** Whether a packet of this family can have those fields. */
export function isOfFamily({ source, destination, protocol }: Aim, family: Family): boolean {
  const isOwn = (address: string | undefined): boolean => address === undefined || address.includes(':') === (family === 6);
  return isOwn(source) && isOwn(destination) && isProtocolOf(protocol, family);
}

const isProtocolOf = (protocol: Protocol | undefined, family: Family): boolean =>
  protocol === undefined || (protocol !== 'icmp' && protocol !== 'icmpv6') || (protocol === 'icmp') === (family === 4);

/** The hooks that tell who sends to whom: an end passes nothing on, so what leaves it is its own, and what comes in is for it. */
export const hooksOf = ({ role }: Pick<Namespace, 'role'>, hooks: readonly Hook[]): readonly Hook[] =>
  role === 'end' ? hooks.map((hook) => OF_ENDS[hook] ?? hook) : hooks;

const OF_ENDS: Readonly<Partial<Record<Hook, Hook>>> = { PREROUTING: 'INPUT', POSTROUTING: 'OUTPUT' };

/** Draws a rule that is to be met, and who sends to whom so that its hook is. */
export function towards(
  dice: Dice,
  layout: Layout,
  family: Family,
  aims: readonly Aimed[],
): { readonly from: Namespace; readonly aim: Aim } | undefined {
  const fitting = aims.filter((aim) => isOfFamily(aim, family));
  if (fitting.length === 0) return undefined;
  const { near, ...aim } = dice.pick(fitting);
  const { namespace = '' } = near ?? {};
  const here = layout.namespaces.find(({ name }) => name === namespace);
  const hooks = here === undefined ? [] : hooksOf(here, near?.hooks ?? []);
  const has = (name: string, address: string | undefined): boolean =>
    address !== undefined && addressesOf(layout, name, family).includes(address);
  const senders = layout.namespaces.filter(({ name, role }) =>
    hooks.includes('OUTPUT') ? name === namespace : aim.source === undefined ? role === 'end' && name !== namespace : has(name, aim.source),
  );
  const from = dice.pick(senders.length > 0 ? senders : layout.namespaces.filter(({ role }) => role === 'end'));
  if (aim.destination !== undefined) return { from, aim };
  const receivers = layout.namespaces.filter(({ name, role }) =>
    hooks.includes('INPUT') ? name === namespace : hooks.includes('FORWARD') && role === 'end' && name !== from.name && name !== namespace,
  );
  const addresses = receivers.flatMap(({ name }) => addressesOf(layout, name, family));
  return { from, aim: addresses.length === 0 ? aim : { ...aim, destination: dice.pick(addresses) } };
}
