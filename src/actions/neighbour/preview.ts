import { type Action, defineAction } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { neighbour as kind, type Neighbour } from '#facts/neighbour/neighbour';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Scope } from '#snapshot/scope';

/** One entry of the neighbour table: a permanent one with a MAC, or none. */
export type NeighbourParams = { readonly device: string; readonly address: Ip; readonly mac: Mac | null };

/** Puts a permanent entry, whatever was there. */
export const putNeighbour = (on: Scope, device: string, address: Ip, mac: Mac): Action<NeighbourParams> => ({
  do: 'neighbour',
  on,
  params: { device, address, mac },
});

/** Deletes an entry; the kernel asks again when it needs one. */
export const deleteNeighbour = (on: Scope, device: string, address: Ip): Action<NeighbourParams> => ({
  do: 'neighbour',
  on,
  params: { device, address, mac: null },
});

/** The words of `ip neigh`. */
export const neighbourArgv = ({ device, address, mac }: NeighbourParams): readonly string[] =>
  mac === null
    ? ['ip', 'neigh', 'del', address, 'dev', device]
    : ['ip', 'neigh', 'replace', address, 'lladdr', mac, 'dev', device, 'nud', 'permanent'];

const entryOn = (facts: Facts, on: Scope, { device, address }: NeighbourParams): Neighbour | undefined => {
  const entries = facts.seen('neighbour', on);
  return entries.is === 'seen' ? entries.value.find((one) => one.dev === device && one.address === address) : undefined;
};

function editsOf(facts: Facts, { on, params }: Action<NeighbourParams>): readonly Edit[] {
  const now = entryOn(facts, on, params);
  const { device, address, mac } = params;
  if (mac === null) return now === undefined ? [] : [{ op: 'delete', kind: 'neighbour', scope: on, key: kind.key(now) }];
  return [{ op: 'put', kind: 'neighbour', scope: on, fact: { dev: device, address, mac, state: 'permanent', proxy: now?.proxy ?? false } }];
}

export default defineAction<NeighbourParams>({
  id: 'neighbour',
  rights: 'CAP_NET_ADMIN',
  command: ({ params }) => neighbourArgv(params).join(' '),
  diff: (facts, { on, params }) => {
    const text = (mac: string, state: string): string => `${params.device}: ${params.address} lladdr ${mac} ${state}`;
    const now = entryOn(facts, on, params);
    return [
      ...(now === undefined ? [] : [`- ${text(now.mac ?? '(none)', now.state ?? '')}`]),
      ...(params.mac === null ? [] : [`+ ${text(params.mac, 'permanent')}`]),
    ];
  },
  preview: (facts, action) => ({ is: 'facts', facts: edit(facts, editsOf(facts, action), `ip neigh ${action.params.address}`) }),
});
