import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { diceOf } from '../draw/dice.ts';
import { findingText, type Diagnosis } from '../story/verdict.ts';
import type { Play } from '../vocabulary.ts';
import { must } from '../world/command.ts';
import { shared } from './asking.ts';
import { diagnose } from './bench.ts';
import type { Case, Job } from './job.ts';

type FaultJob = Extract<Job, { kind: 'fault' }>;
type Entry = { readonly file: string; readonly argv: readonly string[]; readonly scope: unknown };

/** The same captures with one source missing: less may be found, but nothing wrong. */
export async function playRemovals(job: FaultJob, archives: readonly string[], play: Play): Promise<readonly Case[]> {
  if (job.removals === 0) return [];
  const folders = await Promise.all(archives.map(unpack));
  const dice = diceOf(`${job.seed}/removals`);
  const cases: Case[] = [];
  for (let turn = 0; turn < job.removals; turn += 1) {
    const folder = dice.pick(folders);
    const index = `${folder}/leadline.json`;
    const whole = readFileSync(index, 'utf8');
    const { entries } = entriesOf(whole);
    const gone = dice.pick(entries);
    writeFileSync(index, without(whole, gone));
    const diagnosis = await diagnose(folders);
    writeFileSync(index, whole);
    const name = `${job.fault} without ${gone.file} of ${basename(folder)}`;
    cases.push({ name, wrong: wrongCauses(diagnosis, job.fault, play) });
  }
  return cases;
}

async function unpack(archive: string): Promise<string> {
  const folder = shared(`removals/${basename(archive, '.tar.gz')}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await must('tar', ['-xzf', archive, '-C', folder]);
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

function wrongCauses({ findings }: Diagnosis, fault: string, play: Play): readonly string[] {
  const tolerated = new Set([`${fault} ${play.expect.subject}`, ...(play.besides ?? [])]);
  return findings.filter((one) => !tolerated.has(`${one.fault} ${one.subject}`)).map((one) => `wrong cause ${findingText(one)}`);
}
