import { socketMet } from '../socket/met.ts';
import { gapOf, type NftContext } from './context.ts';
import { one, type Read } from './value.ts';

/** What a rule asks of the socket that the packet meets, where it comes in (net/netfilter/nft_socket.c nft_socket_eval). */
export function readSocket(context: NftContext, key: string): Read {
  const { run } = context;
  if (context.in === null) return gapOf(context, `the socket that sends a packet (socket ${key}) is not modelled`);
  const met = socketMet({ ...context, notes: run.notes, sender: run.sender });
  if (met === null) return 'break';
  if ('gap' in met) return met;
  if (key === 'transparent') return told(context, key, met.transparent);
  if (!met.isFull) return 'break';
  if (key === 'mark') return told(context, key, met.mark);
  return key === 'wildcard' ? told(context, key, met.isWild) : gapOf(context, `socket ${key} is not modelled`);
}

const told = (context: NftContext, key: string, value: boolean | number | undefined): Read =>
  value === undefined ? gapOf(context, `socket ${key} was not captured`, 'not told') : one(Number(value));
