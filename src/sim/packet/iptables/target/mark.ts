import { GO_ON, type MaybeTarget } from '../effect.ts';
import { newMark } from './new-mark.ts';

/** `-j MARK` in all its forms (net/netfilter/xt_mark.c mark_tg). */
export const mark: MaybeTarget = (options) => {
  const change = newMark(options);
  if (change === undefined) return undefined;
  return (context) => {
    context.packet = { ...context.packet, mark: change(context.packet.mark) };
    return GO_ON;
  };
};
