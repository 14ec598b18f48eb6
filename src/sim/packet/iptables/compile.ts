import type { IptablesRule, MatchExtension } from '#facts/iptables/iptables';
import { holderOf } from '#net/cidr';
import { memoised } from '#dataplane/memo';
import { all, type Answer, type Context, negated, Options, type Test, type Where } from './context.ts';
import { MATCHES } from './match/matches.ts';
import { hidden, ofShown } from './behind-ah.ts';
import { isDevice } from './device-name.ts';
import { isLaterFragment } from './fragment.ts';
import { protocolOf } from './protocol.ts';

/** Matches that change or remember something, where all before them hold. */
const CHANGING = new Set(['socket', 'recent', 'limit', 'hashlimit']);
/** Matches of which more is known once they held or did not: what comes behind them does not take that back. */
const SETTLED = new Set(['socket', 'limit', 'hashlimit']);

/**
 * The tests of a whole rule, made once: the header's fields first, then its matches. Dice before a match that changes something are
 * thrown before it is asked, so each of those begins a part of its own.
 */
export const partsOf: (rule: IptablesRule) => readonly Test[] = memoised((rule: IptablesRule): readonly Test[] => {
  const parts: Test[][] = [headerTests(rule)];
  for (const [place, match] of rule.matches.entries()) {
    const before = rule.matches[place - 1];
    if (place > 0 && (CHANGING.has(match.name) || SETTLED.has(before?.name ?? ''))) parts.push([]);
    parts.at(-1)?.push(matchTest(match, { rule, place }));
  }
  if (rule.problem !== null) parts.at(-1)?.push(unmodelled(`not understood: ${rule.text} (${rule.problem})`));
  return parts.map(together);
});

function together(tests: readonly Test[]): Test {
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : all(tests);
}

function headerTests(rule: IptablesRule): Test[] {
  const { source, destination, protocol } = rule;
  const tests: Test[] = [];
  if (destination !== null) {
    const holds = holderOf(destination.value);
    tests.push(({ packet }) => holds(packet.destination) !== destination.not);
  }
  if (source !== null) {
    const holds = holderOf(source.value);
    tests.push(({ packet }) => holds(packet.source) !== source.not);
  }
  const incoming = rule.in;
  const outgoing = rule.out;
  if (incoming !== null) tests.push((context) => isDevice(context.in, incoming.value) !== incoming.not);
  if (outgoing !== null) tests.push((context) => isDevice(context.out, outgoing.value) !== outgoing.not);
  if (protocol !== null) {
    const name = protocolOf(protocol.value);
    tests.push((context) => hidden(context, name, protocol.not) ?? (context.packet.protocol === name) !== protocol.not);
  }
  if (rule.fragment !== null) tests.push(negated(rule.fragment.not, ({ packet }) => isLaterFragment(packet)));
  return tests;
}

function matchTest(match: MatchExtension, where: Where): Test {
  const options = new Options(match.options);
  const test = MATCHES.get(match.name)?.(options, where);
  const { rule } = where;
  if (test === undefined) return unmodelled(`-m ${match.name} is not modelled: ${rule.text}`);
  const unread = options.unread();
  return unread === undefined
    ? ofShown(match.name, test)
    : all([test, unmodelled(`--${unread.replace(/^-+/, '')} of -m ${match.name} is not modelled: ${rule.text}`)]);
}

const unmodelled =
  (detail: string): Test =>
  ({ stack }): Answer => ({ gap: { of: 'iptables', scope: stack.scope, why: 'not modelled', detail } });

export type { Context };
