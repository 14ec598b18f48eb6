import {
  ASKS_NOTHING,
  type IptablesChain,
  type IptablesRule,
  type IptablesTable,
  type MatchExtension,
  type Negatable,
} from '#facts/iptables/iptables';
import { parseCidr } from '#net/cidr';
import type { Origin } from '#snapshot/origin';

type Option = MatchExtension['options'][number];
type Draft = { -readonly [K in keyof IptablesRule]: IptablesRule[K] };

/** The words of a rule, quotes taken off. */
export function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '');
}

/** One well-formed rule line (`-A CHAIN …`) as a rule. For rules written in tests; captured text has its own parser. */
export function ruleOf(text: string, origin: Origin): IptablesRule {
  const words = wordsOf(text).slice(2);
  const rule: Draft = {
    origin,
    text,
    counters: { packets: 0, bytes: 0 },
    ...ASKS_NOTHING,
  };
  let options: Option[] = [];
  let not = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (word === '!') {
      not = true;
      continue;
    }
    if (word.startsWith('--')) {
      const values: string[] = [];
      while (at + 1 < words.length && !/^(-|!$)/.test(words[at + 1] ?? '')) values.push(words[++at] ?? '');
      options.push({ name: word.slice(2), not, values });
    } else if (word === '-m') {
      options = [];
      rule.matches = [...rule.matches, { name: value, options }];
      at++;
    } else if (word === '-j' || word === '-g') {
      options = [];
      rule.target = { does: word === '-j' ? 'jump' : 'goto', name: value, options };
      at++;
    } else {
      setHeader(rule, word, value, not);
      at++;
    }
    not = false;
  }
  return rule;
}

function setHeader(rule: Draft, flag: string, value: string, not: boolean): void {
  const prefix = (): Negatable<NonNullable<ReturnType<typeof parseCidr>>> => {
    const parsed = parseCidr(value);
    if (parsed === undefined) throw new Error(`not a prefix: ${value}`);
    return { value: parsed, not };
  };
  if (flag === '-s') rule.source = prefix();
  else if (flag === '-d') rule.destination = prefix();
  else if (flag === '-i') rule.in = { value, not };
  else if (flag === '-o') rule.out = { value, not };
  else if (flag === '-p') rule.protocol = { value, not };
  else throw new Error(`not understood in a rule of a test: ${flag}`);
}

/** A table out of its text in the form of iptables-save: `:CHAIN POLICY` and `-A` lines; `firstLine` is the line of the table's name. */
export function tableOf(
  name: IptablesTable['table'],
  backend: 'legacy' | 'nft',
  lines: readonly string[],
  at: { readonly file: string; readonly firstLine: number },
  family: 4 | 6 = 4,
): IptablesTable {
  const chains = new Map<string, { chain: Omit<IptablesChain, 'rules'>; rules: IptablesRule[] }>();
  for (const [index, line] of lines.entries()) {
    const origin = { file: at.file, line: at.firstLine + 1 + index };
    const [head = '', second = ''] = line.split(' ');
    if (head.startsWith(':')) {
      const policy = second === 'ACCEPT' || second === 'DROP' ? second : null;
      chains.set(head.slice(1), { chain: { name: head.slice(1), origin, policy, counters: { packets: 0, bytes: 0 } }, rules: [] });
    } else {
      const chain = chains.get(second);
      if (chain === undefined) throw new Error(`no such chain: ${line}`);
      chain.rules.push(ruleOf(line, origin));
    }
  }
  return {
    family,
    backend,
    table: name,
    chains: [...chains.values()].map(({ chain, rules }) => ({ ...chain, rules })),
    origin: { file: at.file, line: at.firstLine },
  };
}
