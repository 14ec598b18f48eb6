import { settle, tryLines } from '../play/lines.ts';
import { loadScenario } from '../scenarios.ts';
import { judgeBroken, judgeHealthy } from '../story/verdict.ts';
import type { Play, Scenario } from '../vocabulary.ts';
import { type Bench, capturedOnce, change, observe, probe, type Seen } from './bench.ts';
import type { Case, Job } from './job.ts';
import { mend, takeBack } from './mend.ts';
import { playRemovals } from './play-removals.ts';
import { leaveBench, takeBench } from './standing.ts';
import { judgeEnd } from './where-died.ts';
import { differences, steadyFacts } from './steady-facts.ts';

type FaultJob = Extract<Job, { kind: 'fault' }>;

/** One fault from healthy to mended, its twins, and its captures with something missing. */
export async function playFault(job: FaultJob): Promise<readonly Case[]> {
  const scenario = await loadScenario(job.fault);
  const bench = await takeBench(job, [scenario]);
  let again = false;
  try {
    const chosen = job.play === 0 ? scenario : scenario.variants?.[job.play - 1];
    if (chosen === undefined) throw new Error(`${job.fault} has no variant ${job.play}`);
    const play = chosen.play(bench.cluster);
    const cases = await playOn(bench, job, scenario, play);
    again = isAsBefore(play) && cases.every(({ wrong }) => wrong.length === 0);
    return cases;
  } finally {
    await leaveBench(job, bench, again);
  }
}

/** What comes first in a play, and what dies in it, is not taken back. */
const isAsBefore = ({ first, dead }: Play): boolean => first === undefined && dead === undefined;

async function playOn(bench: Bench, job: FaultJob, scenario: Scenario, play: Play): Promise<readonly Case[]> {
  await change(bench, play.first ?? []);
  const before = await probe(bench, play.probes, 'healthy');
  if (before.length > 0) return [{ name: `${job.fault}: the cluster is healthy at first`, wrong: before }];
  const { cases, seen } = await breakAndMend(bench, scenario, play, job.undo === true);
  const removed = seen === undefined ? [] : await playRemovals(job, seen.archives, play);
  return [...cases, ...removed, ...(await playTwins(bench, scenario, play, job.twins))];
}

async function breakAndMend(
  bench: Bench,
  scenario: Scenario,
  play: Play,
  undo: boolean,
): Promise<{ readonly cases: readonly Case[]; readonly seen?: Seen }> {
  const { fault, needs } = scenario;
  await change(bench, play.break, needs?.settle);
  const seen = await observe(bench, play.probes, 'broken', 'broken', play.dead);
  const found: Case = {
    name: `${fault} on ${play.expect.subject}: found, first, proved, alone`,
    wrong: [...seen.wrong, ...judgeBroken(seen.diagnosis, { fault, ...play.expect, besides: play.besides ?? [] })],
  };
  const died: Case = { name: `${fault}: where the kernel lost the packet`, wrong: await judgeEnd(bench, play.probes, seen.archives) };
  const isLeft = play.expect.unmendable !== undefined;
  const mended = isLeft ? { performed: false, wrong: [] } : await mend(bench, seen.diagnosis, seen.archives, undo);
  const after = mended.performed ? await mendedCases(bench, fault, play, seen, mended.wrong) : [];
  // nothing takes a restart back
  const back =
    mended.performed && undo && seen.diagnosis.findings[0]?.restarts !== true ? [await undoneCase(bench, fault, play, seen)] : [];
  // What the mend left, and what it does not touch, must not reach the twins.
  await tryLines(bench, play.heal);
  await settle(bench);
  return { cases: [found, died, ...after, ...back], seen };
}

/** After the mend packets flow, nothing is found, and the facts are those that the preview told. */
async function mendedCases(bench: Bench, fault: string, play: Play, before: Seen, wrong: readonly string[]): Promise<readonly Case[]> {
  await settle(bench);
  const { archives, diagnosis, wrong: silent } = await observe(bench, play.probes, 'healthy', 'mended', play.dead);
  const [first] = before.diagnosis.findings;
  const [told, is] = await Promise.all([steadyFacts(before.archives, first), steadyFacts(archives)]);
  return [
    { name: `${fault}: mended`, wrong: [...wrong, ...silent, ...judgeHealthy(diagnosis, play.besides)] },
    { name: `${fault}: the mend did what its preview told`, wrong: differences(told, is, play.drifts) },
  ];
}

/** Taken back, everything is as it was before the mend. */
async function undoneCase(bench: Bench, fault: string, play: Play, before: Seen): Promise<Case> {
  const wrong = await takeBack(bench, before.diagnosis);
  await settle(bench);
  const archives = await capturedOnce(bench, 'undone', play.dead);
  const [was, is] = await Promise.all([steadyFacts(before.archives), steadyFacts(archives)]);
  return { name: `${fault}: the mend taken back`, wrong: [...wrong, ...differences(was, is, play.drifts)] };
}

async function playTwins(bench: Bench, scenario: Scenario, play: Play, wanted: readonly number[]): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const at of wanted) {
    const twin = scenario.twins[at];
    if (twin === undefined) continue;
    const { make, unmake, probes } = twin.play(bench.cluster);
    const asked = probes === undefined ? play.probes : probes.map((one) => ({ ...one, broken: 'fails' as const }));
    await change(bench, make);
    const { diagnosis, wrong } = await observe(bench, asked, 'healthy', 'twin');
    cases.push({ name: `${scenario.fault}, twin: ${twin.name}`, wrong: [...wrong, ...judgeHealthy(diagnosis)] });
    await tryLines(bench, unmake);
    await settle(bench);
  }
  return cases;
}
