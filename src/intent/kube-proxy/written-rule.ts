import type { IptablesRule, MatchExtension } from '#facts/iptables/iptables';
import type { Cidr } from '#net/cidr';

type Option = MatchExtension['options'][number];
/** `null`: the option stands alone. */
export type Match = readonly [name: string, ...options: readonly (readonly [option: string, value: string | null, not?: true])[]];

/** What a rule of kube-proxy's says, in the order in which iptables-save prints it. */
export type Wanted = {
  readonly source?: { readonly value: Cidr; readonly not: boolean };
  readonly destination?: { readonly value: Cidr; readonly not: boolean };
  readonly protocol?: string;
  readonly matches?: readonly Match[];
  /** `null`: the rule only counts. */
  readonly target: string | null;
  readonly options?: readonly (readonly [option: string, value: string | null])[];
};

export const comment = (words: string): Match => ['comment', ['--comment', words]];

/** Where what kube-proxy writes comes from. */
export const ORIGIN = { file: '', edited: { by: 'kube-proxy', was: undefined } };
export const NONE = { packets: 0, bytes: 0 };

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
export function writtenRule(chain: string, { source, destination, protocol, matches = [], target, options = [] }: Wanted): IptablesRule {
  const part = (flag: string, of: Wanted['source']): string => (of === undefined ? '' : `${of.not ? ' !' : ''} ${flag} ${of.value}`);
  const settings = options.map(([name, value]) => ` ${name}${value === null ? '' : ` ${value}`}`).join('');
  return {
    origin: ORIGIN,
    text: `-A ${chain}${part('-s', source)}${part('-d', destination)}${protocol === undefined ? '' : ` -p ${protocol}`}${matches.map(matchText).join('')}${target === null ? '' : ` -j ${target}${settings}`}`,
    counters: NONE,
    source: source ?? null,
    destination: destination ?? null,
    in: null,
    out: null,
    protocol: protocol === undefined ? null : { value: protocol, not: false },
    fragment: null,
    matches: matches.map(([name, ...own]) => ({ name, options: own.map(([option, value, not]) => optionOf(option, value, not === true)) })),
    target: target === null ? null : { does: 'jump', name: target, options: options.map(([name, value]) => optionOf(name, value)) },
    problem: null,
  };
}
