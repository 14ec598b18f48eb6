import { createInterface } from 'node:readline';
import type { Case, Job, Report } from './job.ts';
import { jobText } from './job.ts';
import { playFault } from './play-fault.ts';
import { playHealthy } from './play-healthy.ts';
import { playPair } from './play-pair.ts';

function play(job: Job): Promise<readonly Case[]> {
  if (job.kind === 'healthy') return playHealthy(job.seed);
  return job.kind === 'fault' ? playFault(job) : playPair(job);
}

/** Longer than any job may take: a lab that hangs is a failed case, not a hanging gauntlet. */
const JOB_LIMIT_MS = 120_000;

async function report(job: Job): Promise<Report> {
  const started = performance.now();
  const failed = (why: string): readonly Case[] => [{ name: jobText(job), wrong: [why] }];
  const limit = new Promise<readonly Case[]>((resolve) => setTimeout(() => resolve(failed('took too long')), JOB_LIMIT_MS).unref());
  const cases = await Promise.race([play(job), limit]).catch((error: unknown) =>
    failed(error instanceof Error ? error.message : String(error)),
  );
  return { job, cases, ms: Math.round(performance.now() - started) };
}

/** One lab after the other in one set of namespaces: a job a line in, a report a line out. */
for await (const line of createInterface({ input: process.stdin })) {
  const job: Job = JSON.parse(line); // from the gauntlet itself
  process.stdout.write(`${JSON.stringify(await report(job))}\n`);
}
process.exit(0);
