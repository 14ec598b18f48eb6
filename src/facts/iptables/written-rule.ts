import type { Cidr } from '#net/cidr';
import { ASKS_NOTHING, type BareRule, type MatchExtension } from './iptables.ts';

type Option = MatchExtension['options'][number];
/** `null`: the option stands alone. */
export type Match = readonly [name: string, ...options: readonly (readonly [option: string, value: string | null, not?: true])[]];

/** What a rule is to say, in the order in which iptables-save prints it. */
export type Wanted = {
  readonly source?: { readonly value: Cidr; readonly not: boolean };
  readonly destination?: { readonly value: Cidr; readonly not: boolean };
  readonly protocol?: string;
  readonly matches?: readonly Match[];
  /** `null`: the rule only counts. */
  readonly target: string | null;
  readonly options?: readonly (readonly [option: string, value: string | null])[];
};

/** The match that only says what a rule is for. */
export const comment = (words: string): Match => ['comment', ['--comment', words]];

const optionOf = (name: string, value: string | null, not = false): Option => ({
  name,
  not,
  values: value === null ? [] : value.split(name === '--comment' ? '\0' : ' '),
});

const quoted = (option: string, value: string): string => (option === '--comment' ? `"${value}"` : value);

const matchText = ([name, ...options]: Match): string =>
  [
    ` -m ${name}`,
    ...options.map(([option, value, not]) => `${not === true ? '! ' : ''}${option}${value === null ? '' : ` ${quoted(option, value)}`}`),
  ].join(' ');

/** A rule as iptables-save writes it, and as its parser reads it. */
export function writtenRule(chain: string, { source, destination, protocol, matches = [], target, options = [] }: Wanted): BareRule {
  const part = (flag: string, of: Wanted['source']): string => (of === undefined ? '' : `${of.not ? ' !' : ''} ${flag} ${of.value}`);
  const settings = options.map(([name, value]) => ` ${name}${value === null ? '' : ` ${value}`}`).join('');
  return {
    text: `-A ${chain}${part('-s', source)}${part('-d', destination)}${protocol === undefined ? '' : ` -p ${protocol}`}${matches.map(matchText).join('')}${target === null ? '' : ` -j ${target}${settings}`}`,
    ...ASKS_NOTHING,
    source: source ?? null,
    destination: destination ?? null,
    protocol: protocol === undefined ? null : { value: protocol, not: false },
    matches: matches.map(([name, ...own]) => ({ name, options: own.map(([option, value, not]) => optionOf(option, value, not === true)) })),
    target: target === null ? null : { does: 'jump', name: target, options: options.map(([name, value]) => optionOf(name, value)) },
  };
}
