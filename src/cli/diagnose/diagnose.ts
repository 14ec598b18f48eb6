import type { Check } from '#engine/check';
import { diagnose } from '#engine/diagnose';
import type { Diagnosis } from '#engine/finding';
import { invariants } from '#engine/invariants';
import { againstCheck, checkOfPasted, observedChecks } from '#engine/observed';
import type { Language } from '#engine/words';
import { amount } from '#report/amount';
import { diagnosisJson } from '#report/diagnosis-json';
import { diagnosisText } from '#report/diagnosis-text';
import { type Pasted, pastedJson } from '#report/symptom-json';
import { symptomText } from '#report/symptom-text';
import { symptomsIn } from '#engine/symptom/symptom';
import { choiceOption, defineCommand, EXIT, listOption, repeated, type Typed, UsageError, UserError } from '../command.ts';
import { diagnosisOf } from '../diagnosed.ts';
import { known } from '../faults/faults.ts';
import { flowChecks } from '../flow-option.ts';
import { languageOf } from '../language.ts';
import { type Opened, openSnapshots } from '../open.ts';
import type { World } from '../world.ts';
import { observationsIn } from './observations.ts';

export default defineCommand({
  name: 'diagnose',
  summary: 'finds what is wrong in captures, proves it, and says what to do',
  configure: (command) =>
    void command
      .argument('<snapshot...>', 'archives or folders that `leadline capture` or `leadline import` wrote')
      .option('--flow <from→to>', 'a flow that fails: `ns/pod→10.100.41.10:80/tcp` (also written `from,to`); repeatable', repeated, [])
      .option('--symptom <text|file>', 'what was seen: a pasted text, or a file with it; repeatable', repeated, [])
      .option('-o, --output <format>', 'text or json', 'text')
      .option('--fail-on <severity>', 'error or warning: what makes the exit status 3 or 4', 'error')
      .option('--require <fault>', 'exit with 5 when this fault could not be judged; repeatable', repeated, [])
      .option('--lang <language>', 'en or zh'),
  act: async (typed, world) => {
    const reading = readingOf(typed, world);
    const opened = await openSnapshots(typed.args, world);
    const { facts } = opened;
    const pasted = (await pastedTexts(typed, world)).map((text) => pastedIn(text, facts, world));
    const measured = pasted.flatMap((one) => one.measured.map(({ observation }) => observation));
    const more: Check[] = [...flowChecks(listOption(typed.options, 'flow'), facts), ...observedChecks(facts, measured)];
    const diagnosis = more.length === 0 ? diagnosisOf(facts) : diagnose(facts, known, [...invariants(facts), ...more]);
    if (saysNothing(diagnosis))
      throw new UserError('nothing in the captures tells of a node or a cluster: nothing could be asked or judged');
    printDiagnosis(diagnosis, opened, pasted, reading, world);
    return statusOf(diagnosis, reading);
  },
});

/** Whether there was nothing to look at: no check, and no verdict but unknown ones. */
const saysNothing = ({ coverage: { checks, verdicts } }: Diagnosis): boolean =>
  checks.asked === 0 && verdicts.found === 0 && verdicts.absent === 0;

/** What the user wants to read, and what counts: checked before anything is opened. */
type Reading = {
  readonly format: 'text' | 'json';
  readonly language: Language;
  readonly failOn: 'error' | 'warning';
  readonly required: readonly string[];
};

function readingOf({ options }: Typed, world: World): Reading {
  const required = listOption(options, 'require');
  const stranger = required.find((fault) => !known.some(({ id }) => id === fault));
  if (stranger !== undefined)
    throw new UsageError(`--require takes a fault; none is called ${JSON.stringify(stranger)}, \`leadline faults\` lists them`);
  return {
    format: choiceOption(options, 'output', ['text', 'json']),
    language: languageOf(options, world),
    failOn: choiceOption(options, 'failOn', ['error', 'warning']),
    required,
  };
}

/** What `--symptom` gave: the content where it names a file, else the text itself. */
async function pastedTexts({ options }: Typed, world: World): Promise<readonly string[]> {
  return Promise.all(
    listOption(options, 'symptom').map(async (given) => {
      const isFile = given.length < 4096 && !given.includes('\n') && (await world.files.exists(given));
      return isFile ? (await world.files.read(given)).toString('utf8') : given;
    }),
  );
}

/** What a pasted text tells; what it does not tell is said. */
function pastedIn(text: string, facts: Opened['facts'], world: World): Pasted {
  const symptoms = symptomsIn(text);
  const measured = observationsIn(text).map((observation) => ({ observation, check: checkOfPasted(facts, observation)?.id ?? null }));
  if (symptoms.length === 0 && measured.length === 0)
    world.note(`leadline: ${shown(text)} is no file here and no line that is known, and changes nothing; paste what a program printed`);
  if (measured.length === 0 && symptoms.some((one) => ABOUT_A_FLOW.has(one.class.id)))
    world.note(
      `leadline: ${shown(text)} does not say which flow fails (from whom, to which address and port), so no check is made of it; add --flow from→to, or paste what the program printed`,
    );
  for (const { observation, check } of measured)
    if (check === null) world.note(`leadline: the pasted ${whatOf(observation)} makes no check: ${lacking(facts, observation)}`);
    else if (isAnywhere(observation, check)) world.note(anywhereNote(observation));
  return { symptoms, measured };
}

/** What is seen of one flow, and becomes a check where its text tells which. */
const ABOUT_A_FLOW: ReadonlySet<string> = new Set([
  'echo-but-no-connection',
  'no-echo',
  'no-route',
  'network-unreachable',
  'refused',
  'reset',
  'timed-out',
  'no-connection',
]);

const isAnywhere = ({ by, from }: Pasted['measured'][number]['observation'], check: string): boolean =>
  from === undefined && check.startsWith(`observed ${by} →`);

type Measured = Pasted['measured'][number]['observation'];

const whatOf = ({ by, to }: Measured): string => (by === 'text' || by === 'kubelet' ? `error about ${to}` : `${by} to ${to}`);

const flowOf = ({ to, port, protocol }: Measured): string =>
  `--flow from→${to}${typeof port === 'number' && !to.includes(':') ? `:${port}/${protocol}` : ''}`;

/** What is missing where no check comes of what was pasted, and what to add. */
function lacking(facts: Opened['facts'], observation: Measured): string {
  const { to } = observation;
  const why = againstCheck(facts, observation);
  if (why === 'no echo') return `${to} is a Service's, which need not answer an echo; name its port: --flow from→${to}:PORT`;
  if (why === 'no start') return `it says nothing that the captures know of where it started; add ${flowOf(observation)}`;
  return to.startsWith('node/')
    ? `the captures know no address of ${to}; add the output of \`kubectl get nodes -o json\`, or a capture of it`
    : `the captures know no address of ${to}; add ${flowOf(observation)} with its address`;
}

function anywhereNote(observation: Measured): string {
  const from = `it is asked from every captured place; ${flowOf(observation)} asks from one`;
  return observation.by === 'text' && observation.protocol === 'icmp'
    ? `leadline: the pasted ${whatOf(observation)} names no port, nor where it was met: an echo is asked from every captured place; --flow from→${observation.to}:PORT asks for a connection from one`
    : `leadline: the pasted ${whatOf(observation)} does not say where it was met: ${from}`;
}

const SHOWN = 60;

const shown = (text: string): string => JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

function printDiagnosis(
  diagnosis: Diagnosis,
  { facts, quote, problems }: Opened,
  pasted: readonly Pasted[],
  { format, language }: Reading,
  world: World,
): void {
  if (format === 'json') {
    const json = { ...(diagnosisJson(diagnosis, facts, quote, language) as object), ...pastedJson(pasted, language), problems };
    world.print(JSON.stringify(json, null, 2));
    return;
  }
  const symptoms = pasted.flatMap((one) => one.symptoms);
  if (symptoms.length > 0) world.print(symptomText(symptoms, language));
  world.print(diagnosisText(diagnosis, facts, quote, language));
  if (problems.length > 0) world.note(problemsText(problems));
}

const FEW = 3;

/** Lines that were not understood: how many, and the first of them with their places. */
function problemsText(problems: Opened['problems']): string {
  const first = problems.slice(0, FEW).map(({ file, line, why }) => `   ${file}:${line}: ${why}`);
  const rest = problems.length > FEW ? ['   …'] : [];
  return [
    `${amount(problems.length, 'line')} of the captures not understood, or against what others say; -o json lists them:`,
    ...first,
    ...rest,
  ].join('\n');
}

/** 3 before 4 before 5: errors, warnings when asked for, and what was required but not judged. */
function statusOf(diagnosis: Diagnosis, { failOn, required }: Reading): number {
  const { findings, unexplained, unknown } = diagnosis;
  if (findings.some(({ fault }) => fault.severity === 'error') || unexplained.length > 0) return EXIT.errors;
  if (failOn === 'warning' && findings.length > 0) return EXIT.warnings;
  return unknown.some(({ fault }) => required.includes(fault)) ? EXIT.unjudged : EXIT.fine;
}
