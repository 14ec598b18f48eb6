import { loadScenario } from '../scenarios.ts';
import type { Diagnosis } from '../story/verdict.ts';
import { findingText } from '../story/verdict.ts';
import type { Play } from '../vocabulary.ts';
import { change, observe, benchFor } from './bench.ts';
import type { Case, Job } from './job.ts';

type PairJob = Extract<Job, { kind: 'pair' }>;
type Expected = { readonly fault: string; readonly subject: string; readonly besides: readonly string[] };

const expectedOf = (fault: string, play: Play): Expected => ({ fault, subject: play.expect.subject, besides: play.besides ?? [] });

/** Two faults at once: both named, or the one that the other hides unknown, and nothing else. */
export async function playPair(job: PairJob): Promise<readonly Case[]> {
  const name = `${job.faults.join(' + ')}: both named, or one masked`;
  const [first, second] = await Promise.all(job.faults.map(loadScenario));
  if (first === undefined || second === undefined) throw new Error('a pair of less than two');
  const world = await benchFor(job.seed, [first, second], job.maxNodes);
  try {
    const [one, other] = [first.play(world.cluster), second.play(world.cluster)];
    await change(world, one.break, first.needs?.settle);
    try {
      await change(world, other.break, second.needs?.settle);
    } catch {
      return []; // the first fault took away what the second breaks: no pair
    }
    const { diagnosis } = await observe(world, [], 'broken', 'pair', [...(one.dead ?? []), ...(other.dead ?? [])]);
    return [{ name, wrong: judgePair(diagnosis, [expectedOf(first.fault, one), expectedOf(second.fault, other)]) }];
  } finally {
    await world.close();
  }
}

/** What is wrong with the diagnosis of two faults at once. */
export function judgePair({ findings, unknown }: Diagnosis, both: readonly Expected[]): readonly string[] {
  const named = ({ fault, subject }: Expected): boolean => findings.some((one) => one.fault === fault && one.subject === subject);
  const masked = ({ fault }: Expected): boolean => unknown.some((one) => one.fault === fault && one.because.includes('masked'));
  const missing = both
    .filter((one) => !named(one) && !masked(one))
    .map(({ fault, subject }) => `${fault} ${subject} is neither found nor masked`);
  const none = both.some(named) ? [] : ['neither of both is found'];
  const tolerated = new Set(both.flatMap(({ fault, subject, besides }) => [`${fault} ${subject}`, ...besides]));
  const extra = findings
    .filter(({ fault, subject }) => !tolerated.has(`${fault} ${subject}`))
    .map((one) => `false finding ${findingText(one)}`);
  return [...missing, ...none, ...extra];
}
