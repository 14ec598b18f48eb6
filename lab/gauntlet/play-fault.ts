import { forgetNeighbours } from '../play/forgetting.ts';
import { settle, tryLines } from '../play/lines.ts';
import { loadScenario } from '../scenarios.ts';
import { judgeBroken, judgeHealthy, judgeOthers } from '../story/verdict.ts';
import type { Play, Scenario } from '../vocabulary.ts';
import { type Bench, change, observe, probe, type Seen } from './bench.ts';
import { type Case, failedOf, type Job, type Lacking } from './job.ts';
import { mend, takeBack } from './mend.ts';
import { layAside } from './play-removals.ts';
import { leaveBench, takeBench } from './standing.ts';
import { capturedAgain, type Touched, touchedByBoth, touchedByLines, touchedByPlan } from './touched.ts';
import { judgeEnd } from './where-died.ts';
import { differences, type SteadyFacts, steadyFacts } from './steady-facts.ts';

type FaultJob = Extract<Job, { kind: 'fault' }>;

/** What a play came to, what is judged later of it, and what it left on a cluster that others were to use. */
export type Played = { readonly cases: readonly Case[]; readonly lacking?: Lacking; readonly left?: readonly string[] };

/** One fault: its twins, and itself from healthy to mended. */
export async function playFault(job: FaultJob): Promise<Played> {
  const scenario = await loadScenario(job.fault);
  const { was, ...bench } = await takeBench(job, [scenario]);
  let stands = false;
  try {
    const chosen = job.play === 0 ? scenario : scenario.variants?.[job.play - 1];
    if (chosen === undefined) throw new Error(`${job.fault} has no variant ${job.play}`);
    const play = chosen.play(bench.cluster);
    const { now, last, ...played } = await playOn(bench, { job, scenario, play, was });
    // what all namespaces share is not given back at once when some of them end
    if (scenario.needs?.alone === true) await tryLines(bench, play.heal);
    if (was === undefined || !isTakenBack(play) || failedOf(played.cases).length > 0) return played;
    const left = last === undefined ? ['nothing was captured'] : await leftBy(bench, play, was, { now, last });
    stands = left.length === 0;
    if (stands) leaveBench(job, { bench, was });
    return { ...played, left };
  } finally {
    if (!stands) await bench.close();
  }
}

/** What comes first in a play, and what dies in it, is not taken back. */
const isTakenBack = ({ first, dead }: Play): boolean => first === undefined && dead === undefined;

const endsPrograms = ({ heal }: Play): boolean => heal.some(({ run }) => run.includes('kill '));

/** What is otherwise than before the play, once its own lines have taken back what the mend did not. */
async function leftBy(
  bench: Bench,
  play: Play,
  was: SteadyFacts,
  { now, last: { archives, touched } }: { readonly now: SteadyFacts | undefined; readonly last: Last },
): Promise<readonly string[]> {
  if (now !== undefined && !endsPrograms(play) && differences(was, now).length === 0) return [];
  await tryLines(bench, play.heal);
  await settle(bench);
  const since = { archives, touched: touchedByBoth(touched, touchedByLines(bench.cluster, play.heal)) };
  return differences(was, await steadyFacts(await capturedAgain(bench, 'left', since)));
}

/** The captures of all nodes that were taken last, and what was touched since. */
type Last = { readonly archives: readonly string[]; readonly touched: Touched };

/** The cases of a play, the facts in the end where they are known, and what was captured last. */
type Ended = { readonly cases: readonly Case[]; readonly now?: SteadyFacts; readonly last?: Last; readonly lacking?: Lacking };

/** What is played, and the facts of a cluster that others are to use, before all. */
type Playing = { readonly job: FaultJob; readonly scenario: Scenario; readonly play: Play; readonly was: SteadyFacts | undefined };

async function playOn(bench: Bench, playing: Playing): Promise<Ended> {
  const { job, scenario, play } = playing;
  await change(bench, play.first ?? []);
  const before = await probe(bench, play.probes, 'healthy');
  if (before.length > 0) return { cases: [{ name: `${job.fault}: the cluster is healthy at first`, wrong: before }] };
  const twins = await playTwins(bench, scenario, play, job.twins);
  await change(bench, play.break, scenario.needs?.settle);
  const seen = await observe(bench, play.probes, 'broken', 'broken', play.dead);
  const lacking = layAside(job, seen.archives, play);
  const { cases, ...more } = await judgeAndMend(bench, playing, seen);
  return { cases: [...twins, ...cases], ...more, ...(lacking === undefined ? {} : { lacking }) };
}

async function judgeAndMend(bench: Bench, { job, scenario: { fault }, play, was }: Playing, seen: Seen): Promise<Ended> {
  const found: Case = {
    name: `${fault} on ${play.expect.subject}: found, first, proved, alone`,
    wrong: [...seen.wrong, ...judgeBroken(seen.diagnosis, { fault, ...play.expect, besides: play.besides ?? [] })],
  };
  const others: Case = { name: `${fault}: no other candidate's mend would do`, wrong: judgeOthers(seen.diagnosis) };
  const judged = [found, others, await diedCase(bench, fault, play, seen)];
  const mended =
    play.expect.unmendable !== undefined ? { performed: false, wrong: [] } : await mend(bench, seen.diagnosis, seen.archives, true);
  if (!mended.performed) return { cases: judged, last: { archives: seen.archives, touched: new Set() } };
  const { cases, now, archives } = await mendedCases(bench, fault, play, seen, mended.wrong);
  // what a mend leaves otherwise than it was is in the way of the next play
  const undo = job.undo === true || (was !== undefined && isTakenBack(play) && differences(was, now).length > 0);
  // nothing takes a restart back
  const [first] = seen.diagnosis.findings;
  if (!undo || first === undefined || first.restarts) return { cases: [...judged, ...cases], now, last: { archives, touched: new Set() } };
  const last = { archives, touched: touchedByPlan(first) };
  return { cases: [...judged, ...cases, await undoneCase(bench, fault, play, seen, last)], last };
}

/** Packets die where the product says that they do. */
const diedCase = async (bench: Bench, fault: string, { probes }: Play, { archives }: Seen): Promise<Case> => ({
  name: `${fault}: where the kernel lost the packet`,
  wrong: await judgeEnd(bench, probes, archives),
});

/** After the mend packets flow, nothing is found, and the facts are those that the preview told. */
async function mendedCases(bench: Bench, fault: string, play: Play, before: Seen, wrong: readonly string[]) {
  await settle(bench);
  const { archives, diagnosis, wrong: silent } = await observe(bench, play.probes, 'healthy', 'mended', play.dead);
  const [first] = before.diagnosis.findings;
  const [told, is] = await Promise.all([steadyFacts(before.archives, first), steadyFacts(archives)]);
  const cases: readonly Case[] = [
    { name: `${fault}: mended`, wrong: [...wrong, ...silent, ...judgeHealthy(diagnosis, play.besides)] },
    { name: `${fault}: the mend did what its preview told`, wrong: differences(told, is, play.drifts) },
  ];
  return { cases, now: is, archives };
}

/** Taken back, everything is as it was before the mend. */
async function undoneCase(bench: Bench, fault: string, play: Play, before: Seen, last: Last): Promise<Case> {
  const wrong = await takeBack(bench, before.diagnosis);
  await settle(bench);
  const archives = await capturedAgain(bench, 'undone', last, play.dead);
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
    // what comes next may give an address of the twin's to another machine
    await forgetNeighbours(bench);
  }
  return cases;
}
