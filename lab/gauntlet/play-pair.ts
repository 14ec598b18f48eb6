import { settle } from '../play/lines.ts';
import { loadScenario } from '../scenarios.ts';
import { type Diagnosis, findingText, judgeHealthy } from '../story/verdict.ts';
import type { Expectation, Play, Scenario } from '../vocabulary.ts';
import { type Bench, benchFor, change, observe, type Seen } from './bench.ts';
import type { Case, Job } from './job.ts';
import { mend } from './mend.ts';
import { isUnseen } from './unseen.ts';

type PairJob = Extract<Job, { kind: 'pair' }>;
type Expected = { readonly fault: string; readonly subject: string; readonly besides: readonly string[] };
type Played = { readonly scenario: Scenario; readonly play: Play };

const expectedOf = ({ scenario, play }: Played): Expected => ({
  fault: scenario.fault,
  subject: play.expect.subject,
  besides: play.besides ?? [],
});

/** Two faults at once: both named, or the one that the other hides unknown, and nothing else. */
export async function playPair(job: PairJob): Promise<readonly Case[]> {
  const scenarios = await Promise.all(job.faults.map(loadScenario));
  const bench = await benchFor(job, scenarios);
  const both = startsFirst(scenarios.map((scenario): Played => ({ scenario, play: scenario.play(bench.cluster) })));
  const broken = await breakAndLook(bench, both).finally(() => bench.close());
  if (broken === undefined || broken.isOne) return [];
  const { seen } = broken;
  for (const one of untold(seen, both)) {
    const other = both.find((played) => played !== one) ?? one;
    if (await isUnseen(one.scenario, other.scenario, job, seen.archives)) return [];
  }
  const name = `${job.faults.join(' + ')}: both named, or one masked`;
  return [{ name, wrong: judgePair(seen.diagnosis, both.map(expectedOf)) }];
}

const untold = ({ diagnosis }: Seen, both: readonly Played[]): readonly Played[] =>
  both.filter((played) => !isTold(diagnosis, expectedOf(played)));

/** What is seen of both, and whether they are one: with what was found mended for real, both have gone. */
async function breakAndLook(bench: Bench, both: readonly Played[]): Promise<{ readonly seen: Seen; readonly isOne: boolean } | undefined> {
  const seen = await breakBoth(bench, both);
  if (seen === undefined) return undefined;
  if (untold(seen, both).length !== 1) return { seen, isOne: false };
  const look = async (): Promise<Seen> => {
    await settle(bench);
    return observe(bench, probesOf(both), 'healthy', 'mended', deadOf(both));
  };
  return { seen, isOne: await mendsBoth(await mend(bench, seen.diagnosis, seen.archives, false), look) };
}

/** Whether a mend that was meant for one of two faults, performed, leaves packets that flow and nothing to find. */
export async function mendsBoth(
  { performed, wrong }: { readonly performed: boolean; readonly wrong: readonly string[] },
  look: () => Promise<Pick<Seen, 'diagnosis' | 'wrong'>>,
): Promise<boolean> {
  if (!performed || wrong.length > 0) return false;
  const mended = await look();
  return [...mended.wrong, ...judgeHealthy(mended.diagnosis)].length === 0;
}

/** What starts something anew is broken first: a start would mend, or make into a third thing, what the other one broke. */
const startsFirst = (both: readonly Played[]): readonly Played[] => {
  const starts = ({ play }: Played): boolean => play.break.some(({ run }) => /systemctl (re)?start/.test(run));
  return [...both.filter(starts), ...both.filter((one) => !starts(one))];
};

/** Nothing where the one took away what the other breaks: that is no pair. */
async function breakBoth(bench: Bench, both: readonly Played[]): Promise<Seen | undefined> {
  for (const [at, { scenario, play }] of both.entries()) {
    try {
      await change(bench, [...(play.first ?? []), ...play.break], scenario.needs?.settle);
    } catch (error) {
      if (at === 0) throw error;
      return undefined;
    }
  }
  // what the probes see of two faults is nobody's to tell; their packets are the cluster's traffic
  return observe(bench, probesOf(both), 'broken', 'pair', deadOf(both));
}

const probesOf = (both: readonly Played[]): readonly Expectation[] => both.flatMap(({ play }) => play.probes);
const deadOf = (both: readonly Played[]): readonly string[] => both.flatMap(({ play }) => play.dead ?? []);

const isNamed = ({ findings }: Diagnosis, { fault, subject }: Expected): boolean =>
  findings.some((one) => one.fault === fault && one.subject === subject);
const isMasked = ({ unknown }: Diagnosis, { fault, subject }: Expected): boolean =>
  unknown.some((one) => one.fault === fault && one.subject === subject && one.because.includes('masked'));
const isTold = (diagnosis: Diagnosis, one: Expected): boolean => isNamed(diagnosis, one) || isMasked(diagnosis, one);

/** What is wrong with the diagnosis of two faults at once. */
export function judgePair(diagnosis: Diagnosis, both: readonly Expected[]): readonly string[] {
  const missing = both
    .filter((one) => !isTold(diagnosis, one))
    .map(({ fault, subject }) => `${fault} ${subject} is neither found nor masked`);
  const none = both.some((one) => isNamed(diagnosis, one)) ? [] : ['neither of both is found'];
  const tolerated = new Set(both.flatMap(({ fault, subject, besides }) => [`${fault} ${subject}`, ...besides]));
  const extra = diagnosis.findings
    .filter(({ fault, subject }) => !tolerated.has(`${fault} ${subject}`))
    .map((one) => `false finding ${findingText(one)}`);
  return [...missing, ...none, ...extra];
}
