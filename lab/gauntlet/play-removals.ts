import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { diceOf } from '../draw/dice.ts';
import { type Diagnosis, findingText } from '../story/verdict.ts';
import type { Play } from '../vocabulary.ts';
import { must, type Ran } from '../world/command.ts';
import { shared } from './asking.ts';
import { diagnose } from './bench.ts';
import type { Case, Job, Lacking } from './job.ts';

type FaultJob = Extract<Job, { kind: 'fault' }>;
type Entry = { readonly file: string; readonly argv: readonly string[]; readonly scope: unknown };
type Product = (args: readonly string[]) => Promise<Ran>;

/** Lays the captures of a broken cluster aside: they are judged with something missing when no lab wants the product. */
export function layAside(job: FaultJob, archives: readonly string[], play: Play): Lacking | undefined {
  if (job.removals === 0) return undefined;
  const folder = shared(`aside-${job.fault}-${job.play}-${job.seed}`);
  rmSync(folder, { recursive: true, force: true });
  const kept = archives.map((path) => `${folder}/${basename(path)}`);
  archives.forEach((path, at) => {
    cpSync(path, kept[at] ?? folder);
  });
  return { archives: kept, tolerated: [`${job.fault} ${play.expect.subject}`, ...(play.besides ?? [])] };
}

/** The same captures with one source missing: less may be found, but nothing wrong. */
export async function playRemovals(job: FaultJob, { archives, tolerated }: Lacking, product: Product): Promise<readonly Case[]> {
  const dice = diceOf(`${job.seed}/removals`);
  const cases: Case[] = [];
  for (let turn = 0; turn < job.removals; turn += 1) {
    const archive = dice.pick(archives);
    const folder = await unpack(archive);
    const index = `${folder}/leadline.json`;
    const whole = readFileSync(index, 'utf8');
    const { entries } = entriesOf(whole);
    const gone = dice.pick(entries);
    writeFileSync(index, without(whole, gone));
    const diagnosis = await diagnose(
      archives.map((one) => (one === archive ? folder : one)),
      product,
    );
    const name = `${job.fault} without ${gone.file} of ${basename(folder)}`;
    cases.push({ name, wrong: wrongCauses(diagnosis, tolerated) });
  }
  for (const folder of new Set(archives.map(dirname))) rmSync(folder, { recursive: true, force: true });
  return cases;
}

async function unpack(archive: string): Promise<string> {
  const folder = archive.replace(/\.tar(\.gz)?$/, '');
  mkdirSync(folder, { recursive: true });
  await must('tar', ['-xf', archive, '-C', folder]);
  return folder;
}

function entriesOf(text: string): { readonly entries: readonly Entry[] } {
  const index: { readonly entries: readonly Entry[] } = JSON.parse(text); // written by the product a moment ago
  return index;
}

/** All looks of one source. */
function without(text: string, gone: Entry): string {
  const source = (entry: Entry): string => JSON.stringify([entry.scope, entry.argv]);
  const index = entriesOf(text);
  return JSON.stringify({ ...index, entries: index.entries.filter((entry) => source(entry) !== source(gone)) });
}

const wrongCauses = ({ findings }: Diagnosis, tolerated: readonly string[]): readonly string[] =>
  findings.filter(({ fault, subject }) => !tolerated.includes(`${fault} ${subject}`)).map((one) => `wrong cause ${findingText(one)}`);
