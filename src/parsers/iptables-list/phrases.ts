import type { Rule } from '../iptables-save/rule.ts';

type Match = Rule['matches'][number];
type Options = Match['options'];

/** What a phrase of `iptables -L` means in the words of iptables-save: of a match, or of the rule's target. */
type Meaning = { readonly match?: Match; readonly target?: Options };

const option = (name: string, value: string, not = false): Options[number] => ({ name, not, values: value === '' ? [] : value.split(' ') });

const match = (name: string, ...options: Options): Meaning => ({ match: { name, options } });

const target = (...options: Options): Meaning => ({ target: options });

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];

/** `0x17` as iptables-save writes it: FIN,SYN,RST,ACK. */
function flagNames(hex: string): string {
  const bits = Number(hex);
  if (bits === 0) return 'NONE';
  return TCP_FLAGS.filter((_, at) => ((bits >> at) & 1) === 1).join(',');
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

const NUMBER = '(?:0x[0-9a-f]{1,8}|\\d{1,10})';

/** Each phrase, tried at the place where the last one ended. All are bounded; none can begin in two ways. */
const PHRASES: readonly (readonly [RegExp, (groups: readonly string[], protocol: string) => Meaning])[] = [
  [
    /\/\* (.{0,300}?) \*\/(?= |$)/y,
    ([text = '']) => ({ match: { name: 'comment', options: [{ name: '--comment', not: false, values: [text] }] } }),
  ],
  [/(tcp|udp|sctp|dccp)(?= |$)/y, ([name = '']) => match(name)],
  [/dpts?:(!?)([\w-]{1,20}(?::\d{1,5})?)/y, ([not, ports = ''], protocol) => match(protocol, option('--dport', ports, not === '!'))],
  [/spts?:(!?)([\w-]{1,20}(?::\d{1,5})?)/y, ([not, ports = ''], protocol) => match(protocol, option('--sport', ports, not === '!'))],
  [
    /flags:(!?)(0x[0-9a-f]{1,2})\/(0x[0-9a-f]{1,2})/iy,
    ([not, mask = '', set = ''], protocol) => match(protocol, option('--tcp-flags', `${flagNames(mask)} ${flagNames(set)}`, not === '!')),
  ],
  [/(!?)ctstate ([A-Z,]{1,80})/y, ([not, states = '']) => match('conntrack', option('--ctstate', states, not === '!'))],
  [/(!?)state ([A-Z,]{1,80})/y, ([not, states = '']) => match('state', option('--state', states, not === '!'))],
  [new RegExp(`mark match (!?)(${NUMBER}(?:/${NUMBER})?)`, 'y'), ([not, mark = '']) => match('mark', option('--mark', mark, not === '!'))],
  [
    /multiport (dports|sports|ports)\s{1,2}(!?)([\d,:]{1,120})/y,
    ([side = '', not, ports = '']) => match('multiport', option(`--${side}`, ports, not === '!')),
  ],
  [
    /ADDRTYPE match (src|dst)-type (!?)([A-Z,]{1,80})/y,
    ([side = '', not, types = '']) => match('addrtype', option(`--${side}-type`, types, not === '!')),
  ],
  [
    /statistic mode random probability ([\d.]{1,20})/y,
    ([part = '']) => match('statistic', option('--mode', 'random'), option('--probability', part)),
  ],
  [
    /(?:match-set) ([\w:.-]{1,64}) ((?:src|dst)(?:,(?:src|dst)){0,5})/y,
    ([name = '', sides = '']) => match('set', option('--match-set', `${name} ${sides}`)),
  ],
  [
    /icmptype (\d{1,3})(?: code (\d{1,3}))?/y,
    ([type = '', code = '']) => match('icmp', option('--icmp-type', code === '' ? type : `${type}/${code}`)),
  ],
  [
    /ipv6-icmptype (\d{1,3})(?: code (\d{1,3}))?/y,
    ([type = '', code = '']) => match('icmp6', option('--icmpv6-type', code === '' ? type : `${type}/${code}`)),
  ],
  [/reject-with ([a-z0-9-]{1,40})/y, ([how = '']) => target(option('--reject-with', how))],
  [/to:(\S{1,160})/y, ([where = '']) => target(option('to', where))],
  [/redir ports (\d{1,5}(?:-\d{1,5})?)/y, ([ports = '']) => target(option('--to-ports', ports))],
  [/masq ports: (\d{1,5}(?:-\d{1,5})?)/y, ([ports = '']) => target(option('--to-ports', ports))],
  [/(random-fully|random|persistent)(?= |$)/y, ([how = '']) => target(option(`--${how}`, ''))],
  [new RegExp(`MARK or (${NUMBER})`, 'y'), ([bits = '']) => target(option('--set-xmark', `${hex(Number(bits))}/${hex(Number(bits))}`))],
  [new RegExp(`MARK and (${NUMBER})`, 'y'), ([bits = '']) => target(option('--set-xmark', `0x0/${hex(~Number(bits))}`))],
  [
    new RegExp(`MARK xset (${NUMBER})/(${NUMBER})`, 'y'),
    ([value = '', mask = '']) => target(option('--set-xmark', `${hex(Number(value))}/${hex(Number(mask))}`)),
  ],
  [new RegExp(`MARK set (${NUMBER})(?= |$)`, 'y'), ([value = '']) => target(option('--set-xmark', `${hex(Number(value))}/0xffffffff`))],
  [/CT notrack/y, () => target(option('--notrack', ''))],
  [/TCPMSS clamp to PMTU/y, () => target(option('--clamp-mss-to-pmtu', ''))],
  [/TCPMSS set (\d{1,5})/y, ([size = '']) => target(option('--set-mss', size))],
];

/** What a whole tail means; `rest` is what is not understood of it. */
export type Tail = { readonly matches: readonly Match[]; readonly target: Options; readonly goto: boolean; readonly rest: string };

/** Reads what `iptables -L` prints behind the destination of a rule. */
export function tailOf(text: string, protocol: string): Tail {
  const matches: Match[] = [];
  const options: Options[number][] = [];
  let goto = false;
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ') {
      at++;
    } else if (text.startsWith('[goto]', at)) {
      goto = true;
      at += '[goto]'.length;
    } else {
      const read = phraseAt(text, at, protocol);
      if (read === undefined) return { matches, target: options, goto, rest: text.slice(at).trim() };
      add(matches, read.meaning.match);
      options.push(...(read.meaning.target ?? []));
      at = read.end;
    }
  }
  return { matches, target: options, goto, rest: '' };
}

/** `tcp dpts:1:2 flags:…` is one match with several options; all others are matches of their own. */
function add(matches: Match[], made: Match | undefined): void {
  if (made === undefined) return;
  const last = matches.at(-1);
  const joins = last !== undefined && last.name === made.name && ['tcp', 'udp', 'sctp', 'dccp', 'addrtype'].includes(made.name);
  if (joins) matches[matches.length - 1] = { name: made.name, options: [...last.options, ...made.options] };
  else matches.push(made);
}

function phraseAt(text: string, at: number, protocol: string): { meaning: Meaning; end: number } | undefined {
  for (const [pattern, meaning] of PHRASES) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null)
      return {
        meaning: meaning(
          found.slice(1).map((group) => group ?? ''),
          protocol,
        ),
        end: at + found[0].length,
      };
  }
  return undefined;
}
