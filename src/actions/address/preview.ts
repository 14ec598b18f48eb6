import { type Action, defineAction } from '#change/change';
import { address as addressKind, type Address } from '#facts/address/address';
import { plainAddress } from '#facts/address/plain-address';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { ownRoutes } from '#facts/route/own-routes';
import { route as routeKind } from '#facts/route/route';
import { cidrOf, lastAddress } from '#net/cidr';
import { familyOf, type Ip } from '#net/ip';
import type { Scope } from '#snapshot/scope';
import { askedAgain } from './asked-again.ts';

/** One address of one device. */
export type AddressParams = { readonly verb: 'add' | 'delete'; readonly device: string; readonly address: Ip; readonly length: number };

const act =
  (verb: AddressParams['verb']) =>
  (on: Scope, device: string, address: Ip, length: number): Action<AddressParams> => ({
    do: 'address',
    on,
    params: { verb, device, address, length },
  });

export const addAddress = act('add');
export const deleteAddress = act('delete');

/** The words after `ip addr`. */
export const addressWords = ({ verb, device, address, length }: AddressParams): readonly string[] => [
  verb === 'add' ? 'add' : 'del',
  `${address}/${length}`,
  ...(verb === 'add' && familyOf(address) === 4 && length < 31 ? ['brd', '+'] : []),
  'dev',
  device,
];

const addressesOn = (facts: Facts, on: Scope): readonly Address[] => {
  const seen = facts.seen('address', on);
  return seen.is === 'seen' ? seen.value : [];
};

/** The address as the kernel will show it: a second one of the same subnet is secondary (net/ipv4/devinet.c). */
function made(facts: Facts, { on, params }: Action<AddressParams>): Omit<Address, 'origin'> {
  const { device, address, length } = params;
  const prefix = cidrOf(address, length);
  const secondary = addressesOn(facts, on).some(
    (one) => one.dev === device && one.length === length && cidrOf(one.address, length) === prefix,
  );
  const broadcast = familyOf(address) === 4 && length < 31 ? lastAddress(prefix) : null;
  return plainAddress(device, address, length, { broadcast, secondary });
}

const isUp = (facts: Facts, on: Scope, device: string): boolean => {
  const links = facts.seen('link', on);
  return links.is === 'seen' && links.value.some(({ name, up }) => name === device && up === true);
};

function added(facts: Facts, action: Action<AddressParams>): readonly Edit[] {
  const { on, params } = action;
  const fact = made(facts, action);
  const routes = isUp(facts, on, params.device) ? ownRoutes(fact) : ownRoutes(fact).filter(({ type }) => type === 'local');
  const own = fact.secondary === true ? routes.filter(({ type }) => type === 'local') : routes;
  return [{ op: 'put', kind: 'address', scope: on, fact }, ...own.map((one): Edit => ({ op: 'put', kind: 'route', scope: on, fact: one }))];
}

/** Its own routes go with it unless another address holds them too, and every route that took it as its source (fib_sync_down_addr). */
function removed(facts: Facts, { on, params }: Action<AddressParams>): readonly Edit[] {
  const { device, address, length } = params;
  const fact = addressesOn(facts, on).find((one) => one.dev === device && one.address === address && one.length === length);
  if (fact === undefined) return [];
  const others = addressesOn(facts, on).filter((one) => one !== fact);
  const slot = ({ table, type, to, hops }: Pick<ReturnType<typeof ownRoutes>[number], 'table' | 'type' | 'to' | 'hops'>): string =>
    `${table} ${type} ${to} ${hops[0]?.dev ?? ''}`;
  const held = new Set(others.flatMap((one) => ownRoutes(one).map(slot)));
  const gone = new Set(
    ownRoutes(fact)
      .map(slot)
      .filter((one) => !held.has(one)),
  );
  const routes = facts.seen('route', on);
  const lost =
    routes.is === 'seen'
      ? routes.value.filter((one) => gone.has(slot(one)) || (one.source === address && !others.some((other) => other.address === address)))
      : [];
  return [
    { op: 'delete', kind: 'address', scope: on, key: addressKind.key(fact) },
    ...lost.map((one): Edit => ({ op: 'delete', kind: 'route', scope: on, key: routeKind.key(one) })),
    ...(others.some((other) => other.address === address) ? [] : askedAgain(facts, on, address)),
  ];
}

export default defineAction<AddressParams>({
  id: 'address',
  rights: 'CAP_NET_ADMIN',
  command: ({ params }) => `ip addr ${addressWords(params).join(' ')}`,
  diff: (_, { params: { verb, device, address, length } }) => [`${verb === 'add' ? '+' : '-'} ${device}: ${address}/${length}`],
  preview: (facts, action) => {
    const edits = action.params.verb === 'add' ? added(facts, action) : removed(facts, action);
    return { is: 'facts', facts: edit(facts, edits, `ip addr ${action.params.verb} ${action.params.address}`) };
  },
});
