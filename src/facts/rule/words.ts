import type { Rule } from './rule.ts';

/** A policy rule before anyone has read it. */
export type BareRule = Omit<Rule, 'origin'>;

const FULL = 0xffffffff;
const hex = (value: number): string => `0x${value.toString(16)}`;
const range = ([from, to]: readonly [number, number]): string => (from === to ? `${from}` : `${from}-${to}`);

/** The words that `ip rule` takes for a rule, and that it prints behind its priority. */
export function policyRuleWords(rule: BareRule): readonly string[] {
  const { mark, action } = rule;
  const said = (word: string, value: string | number | null | undefined): readonly string[] =>
    value === null || value === undefined ? [] : [word, String(value)];
  const ranged = (word: string, value: Rule['sourcePorts']): readonly string[] =>
    value === null || value === undefined ? [] : [word, range(value)];
  return [
    ...(rule.not === true ? ['not'] : []),
    'from',
    rule.from ?? 'all',
    ...said('to', rule.to),
    ...(mark === null || mark === undefined
      ? []
      : ['fwmark', mark.mask === FULL ? hex(mark.value) : `${hex(mark.value)}/${hex(mark.mask)}`]),
    ...said('tos', rule.tos === 0 ? null : rule.tos),
    ...said('iif', rule.iif),
    ...said('oif', rule.oif),
    ...ranged('uidrange', rule.uidRange === null || rule.uidRange === undefined ? null : rule.uidRange),
    ...said('ipproto', rule.ipProto),
    ...ranged('sport', rule.sourcePorts),
    ...ranged('dport', rule.destinationPorts),
    ...actionWords(action),
    ...said('suppress_prefixlength', rule.suppressPrefixLength),
    ...said('suppress_ifgroup', rule.suppressGroup),
  ];
}

function actionWords(action: Rule['action']): readonly string[] {
  switch (action.does) {
    case 'lookup':
      return ['lookup', action.table];
    case 'lookup of its VRF':
      return ['l3mdev'];
    case 'goto':
      return ['goto', String(action.priority)];
    case 'unknown':
      return [];
    default:
      return [action.does];
  }
}
