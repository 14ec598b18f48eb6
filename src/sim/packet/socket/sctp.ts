import type { Socket } from '#facts/socket/socket';
import { citeAbsence } from '#dataplane/reading';
import { end, type Next, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { answeringSource } from './answering-source.ts';
import { isFull } from './find.ts';
import { type Reception, receptionOf } from './strangers.ts';

/** Whether a kernel knows SCTP: its settings are there once it does (net/sctp/sysctl.c sctp_sysctl_net_register); nothing where they were not read. */
export function knowsSctp({ sysctls }: Skb['stack']): boolean | undefined {
  if (sysctls.is === 'gap' || !sysctls.complete) return undefined;
  return [...sysctls.table.values()].some(({ name }) => name.startsWith('net.sctp.'));
}

/** What SCTP does with a packet of no association that it has, by its listener on that port or by itself (net/sctp/input.c sctp_rcv). */
export function toStrangers(run: Run, skb: Skb, socket: Socket | undefined): Next {
  const { packet, stack } = skb;
  if (socket === undefined && !isListed(skb))
    return untold(skb, `no socket of sctp port ${packet.destinationPort} was listed, and whether those of SCTP were asked for is not told`);
  const heard = {
    says: `${socket === undefined ? 'nothing listens' : `${socket.process?.name ?? 'a socket'} listens`} on sctp ${packet.destinationPort}`,
    by: socket === undefined ? absenceOf(skb) : [stack.cite('socket', socket)],
  };
  const reception = receptionOf(packet, socket === undefined ? 'nobody' : isFull(socket) ? 'full' : 'with room');
  return socket !== undefined && reception === 'welcomed' ? welcomed(run, skb, socket, heard) : strange(skb, reception, heard);
}

/** Who is there, and where that was read. */
type Heard = { readonly says: string; readonly by: readonly FactRef[] };

function strange(skb: Skb, reception: Reception, { says, by }: Heard): Next {
  switch (reception) {
    case 'ignored':
      return end(skb, {
        disposition: 'dropped',
        code: 'NOT_SPECIFIED',
        says: `${says}; what belongs to no association is thrown away`,
        by,
      });
    case 'by its cookie':
      return untold(skb, `${says}; whether it gave the cookie is not told`);
    case 'by its cause':
      return untold(skb, `${says}; what the ERROR is about is not told`);
    default:
      return refused(skb, { says: `${says}; of this association nobody knows anything`, by });
  }
}

const isListed = ({ stack }: Skb): boolean =>
  knowsSctp(stack) === true && stack.listedProtocols.is === 'seen' && stack.listedProtocols.table.has('sctp');

const absenceOf = ({ stack: { listeners }, packet }: Skb): readonly FactRef[] =>
  listeners.is === 'gap' ? [] : citeAbsence(listeners, `sctp ${packet.destinationPort}`);

/** It belongs to no association: an ABORT says so, or a SHUTDOWN_COMPLETE to who wants to end one. */
const refused = (skb: Skb, { says, by }: Heard): Next =>
  end(skb, { disposition: 'no listener', code: 'NO_SOCKET', says, by, error: { type: 0, code: 0, reset: true } });

const untold = (skb: Skb, detail: string): Next => unknown(skb, { of: 'socket', scope: skb.stack.scope, why: 'not told', detail });

function welcomed(run: Run, skb: Skb, socket: Socket, { says, by }: Heard): Next {
  const source = answeringSource(run, skb, socket);
  if (source.is === 'gap') return unknown(skb, source.gap);
  return end(skb, { disposition: 'delivered', code: 'DELIVERED', says, by, answersFrom: source.address });
}
