import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packets counted by each line of each rule file of a capture, by `file:line`. */
export type Counters = ReadonlyMap<string, number>;

/** A rule file of a capture: whose it is, by which command it was made, and which of its lines count. */
export type RuleFile = {
  readonly file: string;
  readonly namespace: string;
  readonly argv: readonly string[];
  readonly at: readonly number[];
};

type Index = {
  readonly entries: readonly { readonly file: string; readonly scope: { readonly netns: string }; readonly argv?: readonly string[] }[];
};

/** The rule files of a captured folder. */
export function ruleFilesOf(folder: string): readonly RuleFile[] {
  const index: Index = JSON.parse(readFileSync(join(folder, 'leadline.json'), 'utf8')); // written by the capture
  return index.entries.flatMap(({ file, scope, argv = [] }) =>
    // a command that did not end in time left none
    scope.netns !== '' &&
    existsSync(join(folder, file)) &&
    /(?:^|[/ ])(?:\S*tables\S*-save|nft (?:-a )?list ruleset)(?: |$)/.test(argv.join(' '))
      ? [{ file, namespace: scope.netns, argv, at: countsIn(readFileSync(join(folder, file), 'utf8')).map(({ line }) => line) }]
      : [],
  );
}

/** What the captured text itself tells. */
export const countersBefore = (folder: string, files: readonly RuleFile[]): Counters =>
  countersNow(
    files,
    files.map(({ file }) => readFileSync(join(folder, file), 'utf8')),
  );

/** What the same commands' text tells now: the nth that counts is the nth of the capture, wherever sets have grown in between. */
export const countersNow = (files: readonly RuleFile[], texts: readonly string[]): Counters =>
  new Map(
    files.flatMap(({ file, at }, index) => {
      const counts = countsIn(texts[index] ?? '');
      return counts.length === at.length ? counts.map(({ count }, nth) => [`${file}:${at[nth]}`, count] as const) : [];
    }),
  );

/** The command line of a rule file, without what nft says beside it. */
export const lineOf = ({ argv }: RuleFile): string => `${argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')} 2>/dev/null`;

/** What iptables-nft keeps is told by iptables-nft-save; in nft's own list it would be told twice. */
const FOREIGN = /^table ip6? (?:filter|nat|mangle|raw|security) \{(?: # handle \d+)?$/;

/** `[12:345] -A …`, `… counter packets 12 bytes 345 …` in chains. Policies are no rules. */
function countsIn(text: string): readonly { readonly line: number; readonly count: number }[] {
  let isForeign = false;
  let isChain = true;
  return text.split('\n').flatMap((line, index) => {
    isForeign = line === '}' ? false : isForeign || FOREIGN.test(line);
    if (/^\t\w/.test(line)) isChain = line.startsWith('\tchain ');
    const [, rule, native] = /^\[(\d+):\d+\] -A|counter packets (\d+) bytes/.exec(line) ?? [];
    const count = rule ?? native;
    return count === undefined || isForeign || !isChain ? [] : [{ line: index + 1, count: Number(count) }];
  });
}
