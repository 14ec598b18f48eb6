import { createInterface } from 'node:readline';
import { hear, say } from './asking.ts';
import type { Told } from './channel.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Again, Job, Report } from './job.ts';
import { failedOf, jobText } from './job.ts';
import { type Played, playFault } from './play-fault.ts';
import { playHealthy } from './play-healthy.ts';
import { playPair } from './play-pair.ts';
import { clearAway, isUsed } from './standing.ts';

const heart = startHeartbeat();

async function play(job: Job): Promise<Played> {
  if (job.kind === 'healthy') return { cases: await playHealthy(job) };
  return job.kind === 'fault' ? playFault(job) : { cases: await playPair(job) };
}

const played = (job: Job): Promise<Played> =>
  play(job).catch((error: unknown) => ({
    cases: [{ name: jobText(job), wrong: [error instanceof Error ? error.message : String(error)] }],
  }));

/** What fails where the machine stood still, or where other jobs were played before, is played once more: that is the verdict. */
async function report(job: Job): Promise<Report> {
  const started = performance.now();
  const used = job.kind === 'fault' && isUsed(job);
  heart.stoodStill();
  const first = await played(job);
  const failed = failedOf(first.cases);
  const why = failed.length === 0 ? undefined : whyAgain(used);
  if (why !== undefined) await clearAway();
  const verdict = why === undefined ? first : await played(job);
  return { job, ...verdict, ms: Math.round(performance.now() - started), ...(why === undefined ? {} : { again: { for: why, failed } }) };
}

function whyAgain(used: boolean): Again | undefined {
  if (heart.stoodStill() > 0) return 'the machine stood still';
  return used ? 'the cluster was used before' : undefined;
}

/** One lab after the other in one set of namespaces: a job a line in, a report a line out, and what the lab asks meanwhile. */
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const told: Told = JSON.parse(line); // from the gauntlet itself
  if ('job' in told) void report(told.job).then((done) => say({ report: done }));
  else hear(told.to, told.answer);
});
lines.on('close', () => process.exit(0));
