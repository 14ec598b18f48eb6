import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer } from '../performer.ts';
import { runIn, tryIn } from '../run-in.ts';
import { type SocketParams, socketFilter } from './preview.ts';

const kindOf = ({ params }: Action<SocketParams>): string => (params.protocol === 'tcp' ? '-t' : '-u');

/** The socket as `ss` lists it, while it is open: what lingers in TIME-WAIT is closed. */
async function open(action: Action<SocketParams>, world: World): Promise<readonly string[]> {
  const listed = await runIn(action.on, ['ss', '-n', '-a', kindOf(action), ...socketFilter(action.params)], world);
  return listed.split('\n').filter((line) => /^(ESTAB|SYN|FIN|CLOSE-WAIT|LAST-ACK|CLOSING|UNCONN)/.test(line.trim()));
}

/** `ss -K` says nothing of a kernel that cannot do it, and prints sockets that it did not close: only looking tells. */
async function perform(action: Action<SocketParams>, world: World): Promise<void> {
  if ((await open(action, world)).length === 0) return;
  await tryIn(action.on, ['ss', '-K', '-n', kindOf(action), ...socketFilter(action.params)], world);
  if ((await open(action, world)).length === 0) return;
  throw new Error(
    'the socket is still open after `ss -K`: this kernel cannot close sockets of others (CONFIG_INET_DIAG_DESTROY); restart its owner',
  );
}

/** A closed connection does not come back; its owner opens another one. */
export default definePerformer<SocketParams>({
  id: 'socket-close',
  prepare: async (action, world) => ({ open: await open(action, world) }),
  perform,
  undo: async () => {},
});
