import { residentOutside } from '../product.ts';
import type { Ran } from '../world/command.ts';
import { matrixText } from './matrix.ts';
import type { Measured, Phase, Stage } from './stage.ts';
import { type Teller, teller } from './teller.ts';
import { type Diagnosis, judgeBroken, judgeHealthy, readDiagnosis } from './verdict.ts';

/** The product outside all nodes: command lines in, how each ended out. */
type Product = (args: readonly string[]) => Promise<Ran>;

const LIMIT_MS = 60_000;

/** Tells one story from packet to mend; the answer is what did not go as it must. */
export async function tellStory(stage: Stage, print: (text: string) => void): Promise<readonly string[]> {
  const resident = residentOutside();
  try {
    return await tellWith(stage, teller(print), print, (args) => resident.run(args, LIMIT_MS));
  } finally {
    resident.end();
  }
}

async function tellWith(stage: Stage, tell: Teller, print: (text: string) => void, leadline: Product): Promise<readonly string[]> {
  const started = performance.now();
  await healthyAct(stage, tell, leadline);
  tell.head(`The fault: ${stage.subject.title}`);
  tell.lines(stage.subject.broken);
  await stage.break();
  const { archives, diagnosis } = await brokenAct(stage, tell, leadline);
  await mendAct(stage, tell, archives, diagnosis, leadline);
  await mendedAct(stage, tell, leadline);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`\n${tell.wrong.length === 0 ? 'All as it must be' : `${tell.wrong.length} things are not as they must be`}, in ${seconds} s.`);
  return tell.wrong;
}

/** Packets are sent while every node is captured, so that counters move. */
async function observe(stage: Stage, phase: Phase): Promise<{ readonly measured: Measured; readonly archives: readonly string[] }> {
  const [measured, archives] = await Promise.all([stage.measure(phase), stage.capture(phase)]);
  return { measured, archives };
}

function tellMeasured(tell: Teller, phase: Phase, { matrix, probes }: Measured): void {
  tell.lines(matrixText(matrix));
  tell.lines(probes.map(({ text, saw }) => `${text}: ${saw}`));
  tell.blame(probes.filter(({ right }) => !right).map(({ text, saw }) => `${phase}: ${text}: ${saw}`));
}

async function diagnose(stage: Stage, phase: Phase, archives: readonly string[], leadline: Product): Promise<Diagnosis> {
  const { stdout, stderr, code } = await leadline(['diagnose', ...archives, '-o', 'json']);
  if (code !== 0 && code !== 3) throw new Error(`leadline diagnose ended with ${code}: ${stderr.trim().slice(-800)}`);
  const diagnosis = readDiagnosis(stdout);
  stage.judged(phase, diagnosis);
  return diagnosis;
}

async function healthyAct(stage: Stage, tell: Teller, leadline: Product): Promise<void> {
  tell.head('A cluster');
  tell.lines(stage.subject.cluster);
  const { measured, archives } = await observe(stage, 'healthy');
  tellMeasured(tell, 'healthy', measured);
  tell.mark(judgeHealthy(await diagnose(stage, 'healthy', archives, leadline)), 'captured on every node and judged: nothing is found');
}

async function brokenAct(
  stage: Stage,
  tell: Teller,
  leadline: Product,
): Promise<{ readonly archives: readonly string[]; readonly diagnosis: Diagnosis }> {
  tell.head('The symptom, by real packets');
  const { measured, archives } = await observe(stage, 'broken');
  tellMeasured(tell, 'broken', measured);
  tell.head('Captured on every node, and diagnosed');
  const diagnosis = await diagnose(stage, 'broken', archives, leadline);
  const text = await leadline(['diagnose', ...archives]);
  tell.text(text.stdout);
  const { expected: subject, unproved, ...rest } = stage.subject;
  const how = unproved === undefined ? 'proved' : `supported, for ${unproved}`;
  const expected = { ...rest, subject, ...(unproved === undefined ? {} : { unproved }) };
  tell.mark(judgeBroken(diagnosis, expected), `the cause is first and ${how}: ${rest.fault} ${subject}`);
  return { archives, diagnosis };
}

async function mendAct(
  stage: Stage,
  tell: Teller,
  archives: readonly string[],
  { findings: [first] }: Diagnosis,
  leadline: Product,
): Promise<void> {
  tell.head('The plan');
  const { stdout } = await leadline(['fix', ...archives, '--fault', stage.subject.fault]);
  const plan = stdout.trim();
  // What was found is told above; here is what would be done.
  tell.text(plan.slice(Math.max(0, plan.search(/^ *fix /m))));
  tell.head('The mend');
  const { unmendable } = stage.subject;
  const byItself = first !== undefined && first.fixedOn.length > 0 && unmendable === undefined;
  if (unmendable !== undefined) tell.lines([`Not performed here: ${unmendable}. What was broken is taken back by hand:`]);
  else if (!byItself) tell.lines(['The plan is for a person. The lab takes back what it broke, by lines of its own:']);
  const said = byItself ? await stage.mend(first, archives) : await stage.heal();
  for (const one of said) tell.text(one.replace(`${plan}\n`, ''));
}

async function mendedAct(stage: Stage, tell: Teller, leadline: Product): Promise<void> {
  tell.head('Captured and judged again, and the packets again');
  const { measured, archives } = await observe(stage, 'mended');
  tell.mark(
    judgeHealthy(await diagnose(stage, 'mended', archives, leadline), stage.subject.besides),
    `${stage.subject.fault} is absent, and nothing else is found`,
  );
  tellMeasured(tell, 'mended', measured);
}

/** What a reader can type now. */
export const NEXT = `
Against a cluster of your own, on each of its nodes, as root:
   leadline capture --out $(hostname).tar.gz        reads only; nothing on the node changes
   leadline diagnose *.tar.gz                       wherever the archives are together
   leadline fix *.tar.gz                            shows the plan; --apply performs what concerns this node
Where there is no Node: leadline capture --script > capture.sh, and run that with sh.
More stories here: npm start -- --list`;
