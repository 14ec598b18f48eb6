import { type Again, failedOf, jobText, type Report } from './job.ts';

/** Of what failed at first, or was left behind, so much is shown. */
const SHOWN = 200;
const indented = (text: string): string => text.replaceAll('\n', '\n     ');

/** What is printed of a job: how it ended and, where it failed, what was wrong and how it is played again. */
export function reportLines({ job, apart, cases, ms, again, left = [] }: Report, place: string): readonly string[] {
  const failed = failedOf(cases);
  const mark = cases.length === 0 ? '–' : failed.length === 0 ? '✔' : '✘';
  const said =
    cases.length === 0
      ? 'no pair, of one nothing is seen or left to mend beside the other'
      : `${cases.length} cases, ${failed.length} failed`;
  const why = again === undefined ? '' : `, played again, for ${again.for}:`;
  return [
    `${mark} ${place} ${jobText(job)}${apart === undefined ? '' : `, ${apart}`}: ${said}, ${(ms / 1000).toFixed(1)} s${why}`,
    ...(again?.failed ?? []).map(({ name, wrong }) => `   at first ${name}: ${wrong.join('; ').replaceAll('\n', ' ').slice(0, SHOWN)}`),
    ...left.map((one) => `   left behind, so that the cluster is not used again: ${one.slice(0, SHOWN)}`),
    ...failed.flatMap(({ name, wrong }) => [`   ${name}`, ...wrong.map((one) => `     ${indented(one)}`)]),
    ...(failed.length === 0 ? [] : [`     again: npm run gauntlet -- --job '${JSON.stringify(job)}'`]),
  ];
}

/** The last line of a run. */
export function scoreLine(reports: readonly Report[], seed: string): string {
  const cases = reports.flatMap((report) => report.cases);
  const count = (why: Again): number => reports.filter(({ again }) => again?.for === why).length;
  const still = count('the machine stood still');
  const used = count('the cluster was used before');
  const told = [
    ...(still === 0 ? [] : [`${still} jobs played again, for the machine stood still`]),
    ...(used === 0 ? [] : [`${used} jobs played again on a cluster of their own`]),
  ];
  return [`gauntlet: ${cases.length} cases, ${failedOf(cases).length} failed, seed ${seed}`, ...told].join(', of which ');
}
