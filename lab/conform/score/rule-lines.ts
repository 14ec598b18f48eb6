import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../draw/rule.ts';
import type { RuleFile } from '../stage/counters.ts';
import type { Stage } from '../stage/raise.ts';

/** Which drawn rule stands on which line of a capture, by `file:line`: the nth rule of its chain is the nth that was loaded. */
export type RuleLines = ReadonlyMap<string, Rule>;

/** Finds the rules of one scene in the captured texts. */
export function ruleLines(folder: string, files: readonly RuleFile[], stage: Stage, rules: readonly Rule[]): RuleLines {
  const drawn = Map.groupBy(rules.filter(isInChain), (rule) => keyOf(stage, rule));
  const found = new Map<string, Rule>();
  for (const { file, namespace } of files) {
    const next = new Map<string, number>();
    for (const { line, chain } of chainLines(file, readFileSync(join(folder, file), 'utf8'))) {
      const key = `${namespace} ${chain}`;
      const at = next.get(key) ?? 0;
      next.set(key, at + 1);
      const rule = drawn.get(key)?.[at];
      if (rule !== undefined) found.set(`${file}:${line}`, rule);
    }
  }
  return found;
}

const isInChain = (rule: Rule): boolean =>
  (rule.form === 'iptables' && /^(?:-A |:\S+ (?:ACCEPT|DROP))/.test(rule.text)) ||
  (rule.form === 'nft' && rule.text.startsWith('add rule '));

function keyOf(stage: Stage, rule: Rule): string {
  const namespace = stage.name(rule.in);
  if (rule.form === 'line') return '';
  if (rule.form === 'iptables') return `${namespace} ${rule.backend} ${rule.family} ${rule.table} ${/^(?:-A )?(\S+)/.exec(rule.text)?.[1]}`;
  return `${namespace} ${rule.text.split(' ').slice(2, 5).join(' ')}`;
}

/** The rules of a text with their chains, in order; a policy is the one rule of `:CHAIN`. */
function chainLines(file: string, text: string): readonly { readonly line: number; readonly chain: string }[] {
  return file.includes('_list_ruleset') ? nftLines(text) : saveLines(file, text);
}

function saveLines(file: string, text: string): readonly { readonly line: number; readonly chain: string }[] {
  const of = `${file.includes('nft-save') ? 'nft' : 'legacy'} ${file.includes('ip6tables') ? 6 : 4}`;
  let table = '';
  return text.split('\n').flatMap((line, at) => {
    if (line.startsWith('*')) table = line.slice(1);
    const chain = /^(?:\[\d+:\d+\] )?-A (\S+)/.exec(line)?.[1] ?? /^(:\S+) (?:ACCEPT|DROP) /.exec(line)?.[1];
    return chain === undefined ? [] : [{ line: at + 1, chain: `${of} ${table} ${chain}` }];
  });
}

/** Lines of chains, with two tabs; a chain's head tells its hook, not a rule. */
function nftLines(text: string): readonly { readonly line: number; readonly chain: string }[] {
  let table = '';
  let chain = '';
  return text.split('\n').flatMap((line, at) => {
    const [, ofTable] = /^table (\S+ \S+) \{/.exec(line) ?? [];
    const [, ofChain] = /^\tchain (\S+) \{/.exec(line) ?? [];
    if (ofTable !== undefined) table = ofTable;
    if (/^\t\S/.test(line)) chain = ofChain ?? '';
    const isRule = chain !== '' && /^\t\t\S/.test(line) && !/^\t\ttype \S+ hook /.test(line);
    return isRule ? [{ line: at + 1, chain: `${table} ${chain}` }] : [];
  });
}
