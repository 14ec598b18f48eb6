import { type Action, defineAction } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { fdb as kind, type Fdb } from '#facts/fdb/fdb';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Scope } from '#snapshot/scope';

/** One entry of a VXLAN device's forwarding database: behind which machine a MAC lives. */
export type FdbParams = { readonly verb: 'add' | 'delete'; readonly device: string; readonly mac: Mac; readonly dst: Ip };

const act =
  (verb: FdbParams['verb']) =>
  (on: Scope, device: string, mac: Mac, dst: Ip): Action<FdbParams> => ({ do: 'fdb', on, params: { verb, device, mac, dst } });

/** Puts the entry, in the place of one that sends the same MAC elsewhere. */
export const putFdb = act('add');
export const deleteFdb = act('delete');

/** The words of `bridge fdb`. */
export const fdbArgv = ({ verb, device, mac, dst }: FdbParams): readonly string[] => [
  'bridge',
  'fdb',
  verb === 'add' ? 'replace' : 'del',
  mac,
  'dev',
  device,
  'dst',
  dst,
  'self',
  ...(verb === 'add' ? ['permanent'] : []),
];

const entriesOn = (facts: Facts, on: Scope, { device, mac }: FdbParams): readonly Fdb[] => {
  const entries = facts.seen('fdb', on);
  return entries.is === 'seen' ? entries.value.filter((one) => one.dev === device && one.mac === mac) : [];
};

/** A new entry looks like the others of its device, in whatever form they were read. */
function like(facts: Facts, on: Scope, { device, mac, dst }: FdbParams): Omit<Fdb, 'origin'> {
  const entries = facts.seen('fdb', on);
  const sibling = entries.is === 'seen' ? entries.value.find((one) => one.dev === device && one.dst !== null) : undefined;
  const bare = { vlan: null, vni: null, port: null, via: null, master: null, local: undefined };
  return { ...(sibling ?? bare), dev: device, mac, dst, self: true, state: 'permanent' };
}

function editsOf(facts: Facts, { on, params }: Action<FdbParams>): readonly Edit[] {
  const own = entriesOn(facts, on, params);
  const remove = (one: Fdb): Edit => ({ op: 'delete', kind: 'fdb', scope: on, key: kind.key(one) });
  if (params.verb === 'delete') return own.filter(({ dst }) => dst === params.dst).map(remove);
  if (own.some(({ dst }) => dst === params.dst)) return [];
  return [...own.slice(0, 1).map(remove), { op: 'put', kind: 'fdb', scope: on, fact: like(facts, on, params) }];
}

export default defineAction<FdbParams>({
  id: 'fdb',
  rights: 'CAP_NET_ADMIN',
  command: ({ params }) => fdbArgv(params).join(' '),
  diff: (facts, { on, params }) => {
    const text = (dst: string): string => `${params.device}: ${params.mac} dst ${dst}`;
    if (params.verb === 'delete') return [`- ${text(params.dst)}`];
    return [...entriesOn(facts, on, params).map(({ dst }) => `- ${text(String(dst ?? 'here'))}`), `+ ${text(params.dst)}`];
  },
  preview: (facts, action) => ({
    is: 'facts',
    facts: edit(facts, editsOf(facts, action), `bridge fdb ${action.params.verb} ${action.params.mac}`),
  }),
});
