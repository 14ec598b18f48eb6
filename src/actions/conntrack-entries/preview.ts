import { type Action, defineAction } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Conntrack, ConntrackTuple } from '#facts/conntrack/conntrack';
import { conntrack } from '#facts/conntrack/conntrack';
import type { Facts } from '#facts/facts';
import type { Scope } from '#snapshot/scope';

/** Entries of the connection table, each by the tuple of its first packet. */
export type ConntrackParams = { readonly entries: readonly { readonly protocol: string; readonly original: ConntrackTuple }[] };

/** Forgets connections, so that their next packet is looked at afresh. */
export const deleteConntrack = (on: Scope, entries: readonly Pick<Conntrack, 'protocol' | 'original'>[]): Action<ConntrackParams> => ({
  do: 'conntrack-entries',
  on,
  params: { entries: entries.map(({ protocol, original }) => ({ protocol, original })) },
});

type Entry = ConntrackParams['entries'][number];

/** The words by which `conntrack` picks one entry. */
export function tupleWords({ protocol, original }: Entry): readonly string[] {
  const { source, destination, sourcePort, destinationPort, icmp } = original;
  const ports = sourcePort === null || destinationPort === null ? [] : ['--sport', String(sourcePort), '--dport', String(destinationPort)];
  const echo = icmp === null ? [] : ['--icmp-type', String(icmp.type), '--icmp-code', String(icmp.code), '--icmp-id', String(icmp.id)];
  return ['-p', protocol, '-s', source, '-d', destination, ...ports, ...echo];
}

const sameTuple = (one: ConntrackTuple, other: ConntrackTuple): boolean =>
  one.source === other.source &&
  one.destination === other.destination &&
  one.sourcePort === other.sourcePort &&
  one.destinationPort === other.destinationPort &&
  one.icmp?.id === other.icmp?.id;

function matching(facts: Facts, { on, params }: Action<ConntrackParams>): readonly Conntrack[] {
  const table = facts.seen('conntrack', on);
  if (table.is === 'gap') return [];
  return table.value.filter((one) =>
    params.entries.some((wanted) => wanted.protocol === one.protocol && sameTuple(wanted.original, one.original)),
  );
}

export default defineAction<ConntrackParams>({
  id: 'conntrack-entries',
  rights: 'CAP_NET_ADMIN',
  command: ({ params }) => params.entries.map((entry) => `conntrack -D ${tupleWords(entry).join(' ')}`).join('; '),
  diff: (_, { params }) => params.entries.map((entry) => `- conntrack ${tupleWords(entry).join(' ')}`),
  preview: (facts, action) => {
    const edits = matching(facts, action).map(
      (one): Edit => ({ op: 'delete', kind: 'conntrack', scope: action.on, key: conntrack.key(one) }),
    );
    return { is: 'facts', facts: edit(facts, edits, 'conntrack -D') };
  },
});
