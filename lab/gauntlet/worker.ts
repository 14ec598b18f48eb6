import { createInterface } from 'node:readline';
import type { Case, Job, Report } from './job.ts';
import { jobText } from './job.ts';
import { playFault } from './play-fault.ts';
import { playHealthy } from './play-healthy.ts';
import { playPair } from './play-pair.ts';

function play(job: Job): Promise<readonly Case[]> {
  if (job.kind === 'healthy') return playHealthy(job);
  return job.kind === 'fault' ? playFault(job) : playPair(job);
}

async function report(job: Job): Promise<Report> {
  const started = performance.now();
  const failed = (error: unknown): readonly Case[] => [
    { name: jobText(job), wrong: [error instanceof Error ? error.message : String(error)] },
  ];
  const cases = await play(job).catch(failed);
  return { job, cases, ms: Math.round(performance.now() - started) };
}

/** One lab after the other in one set of namespaces: a job a line in, a report a line out. */
for await (const line of createInterface({ input: process.stdin })) {
  const job: Job = JSON.parse(line); // from the gauntlet itself
  process.stdout.write(`${JSON.stringify(await report(job))}\n`);
}
process.exit(0);
