import { leadline } from '../product.ts';
import { matrixText } from './matrix.ts';
import type { Measured, Phase, Stage } from './stage.ts';
import { judgeBroken, judgeHealthy, readDiagnosis } from './verdict.ts';

type Print = (text: string) => void;

const indent = (text: string): string => text.trimEnd().replace(/^/gm, '   ');

function printMeasured(print: Print, { matrix, probes }: Measured): void {
  for (const line of matrixText(matrix)) print(`   ${line}`);
  for (const { text, saw } of probes) print(`   ${text}: ${saw}`);
}

async function diagnosed(archives: readonly string[]) {
  const { stdout, stderr, code } = await leadline(['diagnose', ...archives, '-o', 'json']);
  if (code !== 0 && code !== 3) throw new Error(`leadline diagnose ended with ${code}: ${stderr.trim().slice(-800)}`);
  return readDiagnosis(stdout);
}

/** Tells one story from packet to mend; the answer is what did not go as it must. */
export async function tellStory(stage: Stage, print: Print): Promise<readonly string[]> {
  const started = performance.now();
  const wrong: string[] = [];
  let step = 0;
  const head = (text: string): void => {
    step += 1;
    print(`\n${step}. ${text}`);
  };
  const mark = (complaints: readonly string[], well: string): void => {
    wrong.push(...complaints);
    for (const line of complaints.length === 0 ? [`   ✔ ${well}`] : complaints.map((one) => `   ✘ ${one}`)) print(line);
  };
  const measure = async (phase: Phase): Promise<void> => {
    const measured = await stage.measure(phase);
    printMeasured(print, measured);
    wrong.push(...measured.probes.filter(({ right }) => !right).map(({ text, saw }) => `${phase}: ${text}: ${saw}`));
  };

  const { subject } = stage;
  head('A cluster');
  for (const line of subject.cluster) print(`   ${line}`);
  await measure('healthy');
  mark(judgeHealthy(await diagnosed(await stage.capture('healthy'))), 'captured on every node and judged: nothing is found');

  head(`The fault: ${subject.title}`);
  for (const line of subject.broken) print(`   ${line}`);
  await stage.break();

  head('The symptom, by real packets');
  await measure('broken');

  head('Captured on every node, and diagnosed');
  const archives = await stage.capture('broken');
  print(indent((await leadline(['diagnose', ...archives])).stdout));
  const { fault, expected, besides } = subject;
  const diagnosis = await diagnosed(archives);
  mark(judgeBroken(diagnosis, { fault, subject: expected, besides }), `the cause is first and proved: ${fault} ${expected}`);

  head('The plan');
  print(indent((await leadline(['fix', ...archives])).stdout));

  head('The mend');
  const [first] = diagnosis.findings;
  const byItself = first !== undefined && first.fixedOn.length > 0;
  if (!byItself) print('   The plan is for a person; here is what one would type:');
  for (const said of byItself ? await stage.mend(first, archives) : await stage.heal()) print(indent(said));

  head('Captured and judged again, and the packets again');
  mark(judgeHealthy(await diagnosed(await stage.capture('mended'))), `${fault} is absent, and nothing else is found`);
  await measure('mended');
  print(
    `\n${wrong.length === 0 ? 'All as it must be' : `${wrong.length} things are not as they must be`}, in ${((performance.now() - started) / 1000).toFixed(1)} s.`,
  );
  return wrong;
}

/** What a reader can type now. */
export const NEXT = `
Against a cluster of your own, on each of its nodes, as root:
   leadline capture --out $(hostname).tar.gz        reads only; nothing on the node changes
   leadline diagnose *.tar.gz                       wherever the archives are together
   leadline fix *.tar.gz                            shows the plan; --apply performs what concerns this node
Where there is no Node: leadline capture --script > capture.sh, and run that with sh.
More stories here: npm start -- --list`;
