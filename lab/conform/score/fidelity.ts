import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { leadline } from '../../product.ts';
import type { Covered } from '../job.ts';
import { explanations } from './explained.ts';
import { remarkOn } from './remark.ts';
import type { AreaScore, Score } from './score.ts';

const RUNS = fileURLToPath(new URL('./runs.json', import.meta.url));
const PAGE = fileURLToPath(new URL('../../../docs/fidelity.md', import.meta.url));

/** Of each kernel the page has so many of the last runs: what an older state of the model was worth is in the history. */
const RUNS_OF_A_KERNEL = 3;

/** What stays of a run. */
export type Run = {
  readonly kernel: string;
  readonly seed: string;
  /** What was played: the commit, with a + where files of the working tree differed; nothing of a run before this was recorded. */
  readonly commit?: string;
  readonly packets: number;
  readonly unknown: number;
  readonly explained: number;
  readonly disagreements: number;
  /** Packets beside these: their scenes were ended by a storm, or came to no verdict. */
  readonly unjudged?: number;
  readonly areas: Readonly<Record<string, AreaScore>>;
  readonly covered: Readonly<Record<string, Covered>>;
  readonly reasons: Readonly<Record<string, number>>;
  /** Packets that were lost, by the model's reason and the kernel's; none where nobody asked the kernel. */
  readonly ended?: Readonly<Record<string, number>>;
};

/** Adds a run to those on record, in place of an earlier one of its kernel and seed, and writes docs/fidelity.md from all. */
export async function record(score: Score, kernel: string, seed: string, commit: string | undefined): Promise<void> {
  const run: Run = {
    kernel,
    seed,
    ...(commit === undefined ? {} : { commit }),
    packets: score.packets,
    unknown: score.unknown,
    explained: score.explained,
    disagreements: score.disagreements,
    unjudged: score.unjudged,
    areas: Object.fromEntries(score.areas),
    covered: Object.fromEntries([...score.covered].sort(([one], [other]) => one.localeCompare(other))),
    reasons: Object.fromEntries([...score.reasons].sort(([, one], [, other]) => other - one).slice(0, 20)),
    ended: Object.fromEntries(score.ended),
  };
  const runs = lastRuns([...recorded().filter((one) => one.kernel !== kernel || one.seed !== seed), run]);
  writeFileSync(RUNS, `${JSON.stringify(runs, null, 1)}\n`);
  writeFileSync(PAGE, pageOf(runs, await unmodelled()));
}

/** The last runs of each kernel. */
export const lastRuns = (runs: readonly Run[]): readonly Run[] =>
  runs.filter((run, at) => runs.slice(at + 1).filter(({ kernel }) => kernel === run.kernel).length < RUNS_OF_A_KERNEL);

type Unmodelled = { readonly construct: string; readonly reason: string };

/** What the product says that it does not follow. */
async function unmodelled(): Promise<readonly Unmodelled[]> {
  const { code, stdout, stderr } = await leadline(['explain', '--unmodelled', '-o', 'json']);
  if (code !== 0) throw new Error(`leadline explain --unmodelled: ${stderr}`);
  return JSON.parse(stdout);
}

/** The runs on record. */
export const recorded = (): readonly Run[] => (existsSync(RUNS) ? JSON.parse(readFileSync(RUNS, 'utf8')) : []);

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** The page, from nothing but the runs, the entries of what is explained, and what the product names itself. */
export function pageOf(runs: readonly Run[], left: readonly Unmodelled[]): string {
  const explained = explanations().map(({ id, says, source }) => `* \`${id}\`: ${says} (${source})`);
  return [
    '<!-- Written by `npm run conform -- --report`. Do not edit. -->',
    '# Does the model do what the kernel does?',
    'Random topologies, rules and packets, really sent; the model knows the ordinary capture and the packets. *Unknown* is what it says it does not know; *unexplained* is where it was wrong; *not judged* are packets beside those: a storm ended their scenes, or they came to no verdict. Of each kernel these are the last runs; a + says that files of the commit were changed.',
    table(['kernel', 'seed', 'commit', 'packets', 'unknown', 'explained', 'unexplained', 'not judged'], runs.map(runRow)),
    '## By area',
    table(['area', 'packets', 'unknown', 'explained', 'unexplained'], areaRows(runs)),
    '## By construct',
    'How many packets a rule with the construct counted, how many it did not, how many would have ended otherwise without it (of the rules that were left out in turn), and how often the model did not know because of it.',
    table(['construct', 'rules', 'hit', 'missed', 'decided', 'unknown', 'remark'], constructRows(runs)),
    '## Why packets were lost',
    'The reason that the model gives (`include/net/dropreason-core.h`), and the one that the kernel gave (`kfree_skb`).',
    table(['model', 'kernel', 'packets'], endRows(runs)),
    '## What was unknown, most frequent first',
    ...reasonLines(runs),
    '## Differences that are explained',
    ...(explained.length === 0 ? ['None.'] : [explained.join('\n')]),
    '## What is not modelled',
    'A packet to which one of these matters is *unknown*, with this reason.',
    table(
      ['construct', 'reason'],
      left.map(({ construct, reason }) => [`\`${construct}\``, reason]),
    ),
    '',
  ].join('\n\n');
}

const runRow = (run: Run): readonly (string | number)[] => [
  run.kernel,
  `\`${run.seed}\``,
  run.commit ?? 'not recorded',
  run.packets,
  percent(run.unknown, run.packets),
  run.explained,
  run.disagreements,
  run.unjudged ?? 'not recorded',
];

function areaRows(runs: readonly Run[]): readonly (readonly (string | number)[])[] {
  const names = [...new Set(runs.flatMap(({ areas }) => Object.keys(areas)))];
  return names.map((name) => {
    const all = runs.flatMap(({ areas }) => areas[name] ?? []);
    const sum = (of: keyof AreaScore): number => all.reduce((total, one) => total + one[of], 0);
    return [name, sum('packets'), percent(sum('unknown'), sum('packets')), sum('explained'), sum('disagreements')];
  });
}

function constructRows(runs: readonly Run[]): readonly (readonly (string | number)[])[] {
  const names = [...new Set(runs.flatMap(({ covered }) => Object.keys(covered)))].sort();
  return names.map((name) => {
    // of runs of this machine's areas alone no packet could meet what a guest is asked about
    const packets = runs.reduce((total, run) => total + (isAskedIn(run, name) ? run.packets : 0), 0);
    const all = runs.flatMap(({ covered }) => covered[name] ?? []);
    const sum = (of: keyof Covered): number => all.reduce((total, one) => total + one[of], 0);
    const [rules, hit, missed, decided, unknown] = [sum('rules'), sum('hit'), sum('missed'), sum('decided'), sum('unknown')];
    const remark = remarkOn(name, { rules, hit, missed, decided, unknown }, packets);
    return [`\`${name}\``, rules, hit, missed, decided, percent(unknown, hit + unknown), remark];
  });
}

/** Whether a run may have drawn a construct. */
const isAskedIn = ({ areas, covered }: Run, name: string): boolean =>
  covered[name] !== undefined || areas[name.split('/')[0] ?? ''] !== undefined;

function endRows(runs: readonly Run[]): readonly (readonly (string | number)[])[] {
  const counts = new Map<string, number>();
  for (const { ended = {} } of runs) for (const [both, count] of Object.entries(ended)) counts.set(both, (counts.get(both) ?? 0) + count);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([both, count]) => {
      const [model = '', ...kernel] = both.split(' ');
      return [`\`${model}\``, `\`${kernel.join(' ')}\``, count];
    });
}

function reasonLines(runs: readonly Run[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { reasons } of runs)
    for (const [reason, count] of Object.entries(reasons)) counts.set(reason, (counts.get(reason) ?? 0) + count);
  const lines = [...counts].sort(([, one], [, other]) => other - one).map(([reason, count]) => `* ${count}: ${reason}`);
  return lines.length === 0 ? ['Nothing.'] : [lines.slice(0, 20).join('\n')];
}
