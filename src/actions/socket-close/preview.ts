import { type Action, defineAction } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { type Socket, socket } from '#facts/socket/socket';
import { familyOf, type Ip } from '#net/ip';
import type { Scope } from '#snapshot/scope';

type End = { readonly address: Ip; readonly port: number };

/** One connected socket by its 4-tuple. */
export type SocketParams = { readonly protocol: 'tcp' | 'udp'; readonly local: End; readonly remote: End };

/** Closes one socket: its owner gets ECONNABORTED and connects anew. */
export const closeSocket = (on: Scope, protocol: 'tcp' | 'udp', local: End, remote: End): Action<SocketParams> => ({
  do: 'socket-close',
  on,
  params: { protocol, local, remote },
});

const bracketed = (address: Ip): string => (familyOf(address) === 6 ? `[${address}]` : address);

/** The filter by which `ss` picks one socket. */
export const socketFilter = ({ local, remote }: SocketParams): readonly string[] => [
  ...['src', bracketed(local.address), 'sport', '=', `:${local.port}`],
  ...['dst', bracketed(remote.address), 'dport', '=', `:${remote.port}`],
];

const isMeant = ({ protocol, local, remote }: SocketParams, one: Socket): boolean =>
  one.protocol === protocol &&
  one.local.address === local.address &&
  one.local.port === local.port &&
  one.remote?.address === remote.address &&
  one.remote.port === remote.port;

function meant(facts: Facts, { on, params }: Action<SocketParams>): readonly Socket[] {
  const sockets = facts.seen('socket', on);
  return sockets.is === 'seen' ? sockets.value.filter((one) => isMeant(params, one)) : [];
}

const ends = ({ local, remote }: SocketParams): string =>
  `${bracketed(local.address)}:${local.port} → ${bracketed(remote.address)}:${remote.port}`;

export default defineAction<SocketParams>({
  id: 'socket-close',
  rights: 'CAP_NET_ADMIN, and a kernel with CONFIG_INET_DIAG_DESTROY',
  command: ({ params }) => `ss -K -n ${params.protocol === 'tcp' ? '-t' : '-u'} '${socketFilter(params).join(' ')}'`,
  diff: (_, { params }) => [`- ${params.protocol} ${ends(params)}`],
  preview: (facts, action) => {
    const edits = meant(facts, action).map((one): Edit => ({ op: 'delete', kind: 'socket', scope: action.on, key: socket.key(one) }));
    return { is: 'facts', facts: edit(facts, edits, `ss -K ${ends(action.params)}`) };
  },
});
