import { type Connection, seenBy } from '../../conntrack/connection.ts';
import type { Context } from '../context.ts';
import { type Effect, GO_ON, type MaybeTarget } from '../effect.ts';
import { maskedOf } from '../numbers.ts';
import { templateMark } from '../template-mark.ts';
import { newMark } from './new-mark.ts';

type Masks = { readonly packet: number; readonly connection: number };

/** `-j CONNMARK`: the connection's mark, or one copied from or to the packet (net/netfilter/xt_connmark.c connmark_tg_shift). */
export const connmark: MaybeTarget = (options) => {
  const both = options.get('mask')?.value ?? '0xffffffff';
  const [packet, connection] = [options.get('nfmask')?.value ?? both, options.get('ctmask')?.value ?? both].map(
    (text) => maskedOf(text)?.value,
  );
  if (packet === undefined || connection === undefined) return undefined;
  const masks: Masks = { packet, connection };
  if (options.has('save-mark')) return (context) => save(context, masks);
  if (options.has('restore-mark')) return (context) => restore(context, masks);
  const change = newMark(options);
  if (change === undefined) return undefined;
  return ({ track }) => {
    write(seenBy(track), change);
    return GO_ON;
  };
};

const ALL = 0xffffffff;

/** Writes a connection's mark, bit by bit: those that come to the same whatever they were are known from now on. */
function write(connection: Connection | null, change: (before: number) => number): void {
  if (connection === null) return;
  if (connection.unknownMark !== undefined) connection.unknownMark = (connection.unknownMark & (change(0) ^ change(ALL))) >>> 0;
  connection.mark = change(connection.mark);
}

function save({ packet, track }: Context, masks: Masks): typeof GO_ON {
  write(seenBy(track), (before) => ((before & ~masks.connection) ^ (packet.mark & masks.packet)) >>> 0);
  return GO_ON;
}

function restore(context: Context, masks: Masks): Effect {
  const connection = seenBy(context.track);
  const unknown = templateMark(context, masks.connection);
  if (unknown !== undefined) return { does: 'unknown', detail: unknown.gap.detail, gap: unknown.gap };
  if (connection === null) return GO_ON;
  const mark = ((context.packet.mark & ~masks.packet) ^ (connection.mark & masks.connection)) >>> 0;
  context.packet = { ...context.packet, mark };
  return GO_ON;
}
