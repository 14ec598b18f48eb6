import type { IptablesRule } from '#facts/iptables/iptables';
import { memoised } from '#dataplane/memo';
import type { Gap } from '#snapshot/gap';
import type { Met } from '../../socket/diverted.ts';
import { socketMet } from '../../socket/met.ts';
import { type Answer, type Compile, type Context, Options } from '../context.ts';
import { notTold } from '../not-told.ts';

/** What a rule asks of the socket, and whether the packet gets its mark. */
type Asked = { readonly transparent: boolean; readonly nowildcard: boolean; readonly restores: boolean };

const askedIn = (options: Options): Asked => ({
  transparent: options.has('transparent'),
  nowildcard: options.has('nowildcard'),
  restores: options.has('restore-skmark'),
});

/**
 * `-m socket` (net/netfilter/xt_socket.c socket_match): whether a socket of this namespace would take the packet. One that is bound
 * to all addresses does not count without --nowildcard, one that is not transparent not with --transparent. With --restore-skmark the packet
 * has the socket's mark from then on, also where another match of the rule fails.
 */
export const socket: Compile = (options) => {
  const asked = askedIn(options);
  return (context) => {
    const met = socketMet(context);
    if (met === null || 'gap' in met) return met ?? false;
    const answer = counts(context, met, asked);
    if (answer !== true || !asked.restores || !met.isFull) return answer;
    // where nobody knows whether the rule got so far, it is told when it is taken to match
    if (context.isDoubtful === true || met.mark === undefined) return { ...unseenMark(context), changes: true };
    restored(context, met, asked);
    return true;
  };
};

const unseenMark = (context: Context) =>
  notTold(context, 'socket', 'the mark of the socket, which the packet gets, was not captured (sk_mark)');

function restored(context: Context, met: Met, { restores }: Asked): void {
  if (restores && met.isFull && met.mark !== undefined) context.packet = { ...context.packet, mark: met.mark };
}

function counts(context: Context, { isFull, isWild, transparent }: Met, asked: Asked): Answer {
  const isOnAll = asked.nowildcard || !isFull ? false : isWild;
  const isRight = asked.transparent ? transparent : true;
  if (isOnAll === true || isRight === false) return false;
  if (isRight === undefined) return notTold(context, 'socket', 'whether the socket is transparent was not captured (inet_sk_transparent)');
  return isOnAll === false ? true : notTold(context, 'socket', 'whether the socket is bound to one address is not known (inet_rcv_saddr)');
}

const restoring = memoised((rule: IptablesRule): { readonly asked: Asked } | null => {
  const match = rule.matches.find(({ name }) => name === 'socket');
  const asked = match === undefined ? undefined : askedIn(new Options(match.options));
  return asked?.restores === true ? { asked } : null;
});

/** Whether a rule that matches gives the packet the mark of a socket. */
export const restoresMark = (rule: IptablesRule): boolean => restoring(rule) !== null;

/** Gives the packet of a rule that matches the mark of the socket, also where nobody knew before that it would; else why the mark is not known. */
export function restoreMark(rule: IptablesRule, context: Context): Gap | undefined {
  const own = restoring(rule);
  const met = own === null ? null : socketMet(context);
  if (own === null || met === null) return undefined;
  if ('gap' in met) return met.gap;
  const answer = counts(context, met, own.asked);
  if (typeof answer === 'object' && 'gap' in answer) return answer.gap;
  if (answer === true) restored(context, met, own.asked);
  const isUnseen = met.isFull && met.mark === undefined;
  return isUnseen ? unseenMark(context).gap : undefined;
}
