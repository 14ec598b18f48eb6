import { captureNode } from '#collect/capture';
import { snapshotOf } from '#collect/archive/archive';
import { diagnose } from '#engine/diagnose';
import type { Diagnosis, Finding } from '#engine/finding';
import { invariants } from '#engine/invariants';
import { subjectText } from '#engine/subject';
import { ParseMemo } from '#parsers/parse-memo';
import { findingText } from '#report/finding-text';
import { diagnosisJson } from '#report/diagnosis-json';
import { combine } from '#snapshot/combine';
import type { Snapshot } from '#snapshot/snapshot';
import { choiceOption, defineCommand, EXIT, flagOption, listOption, repeated, textOption, type Typed, UsageError } from '../command.ts';
import { languageOf } from '../language.ts';
import { known } from '../faults/faults.ts';
import { flowChecks } from '../flow-option.ts';
import { type Opened, openedFrom, snapshotIn } from '../open.ts';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';
import { type Applying, applyFinding } from './apply.ts';
import { mendInTurn } from './in-turn.ts';
import { DEFAULT_JOURNAL, mustBeNone } from './journal.ts';
import { mustTakeJournal } from './journal-place.ts';
import { isTold, mustBe } from './this-machine.ts';
import { goBack, goOn } from './unfinished.ts';

export default defineCommand({
  name: 'fix',
  summary:
    'shows how to mend what was found, with its diff; with --apply, does what concerns this node, verifies it, undoes what did not help',
  configure: (command) =>
    void command
      .argument('[snapshot...]', 'archives or folders of the cluster')
      .option('--local', 'capture this node first, and add it')
      .option('--apply', 'perform the steps that concern this node')
      .option('--yes', 'do not ask')
      .option('--fault <id>', 'only this fault')
      .option('--subject <text>', 'only this subject, as the diagnosis writes it')
      .option('--flow <from→to>', 'a flow that fails, as in diagnose; repeatable', repeated, [])
      .option('--node <name>', "this node's name in the captures (default: the host name)")
      .option('--journal <file>', `where a plan that is being performed is noted (default: ${DEFAULT_JOURNAL})`)
      .option('--resume', 'go on with a plan that was cut off, on the machine where it was begun')
      .option('--undo', 'take back a plan that was cut off, or one whose journal was kept, on the machine where it was begun')
      .option('--keep-journal', 'keep the journal of a plan that helped, so that --undo can still take it back')
      .option('-o, --output <format>', 'text or json', 'text')
      .option('--lang <language>', 'en or zh'),
  act: async (typed, world) => {
    const journal = textOption(typed.options, 'journal') ?? DEFAULT_JOURNAL;
    const named = textOption(typed.options, 'node');
    if (flagOption(typed.options, 'undo')) return goBack(journal, named, world);
    if (flagOption(typed.options, 'resume')) return goOn(journal, named, world);
    const node = named ?? world.hostname;
    const fault = textOption(typed.options, 'fault');
    if (fault !== undefined && !known.some(({ id }) => id === fault))
      throw new UsageError(`--fault takes a fault; none is called ${JSON.stringify(fault)}, \`leadline faults\` lists them`);
    return planOrApply(typed, await snapshotFor(typed, node, world), node, journal, world);
  },
});

/** What the archives hold; `--local` adds what this node looks like now, which must be the one that they tell of by that name. */
async function snapshotFor({ args, options }: Typed, node: string, world: World): Promise<Snapshot> {
  const local = flagOption(options, 'local');
  if (args.length === 0 && !local) throw new UsageError('fix takes archives, or --local to capture this node');
  const given = args.length === 0 ? [] : [await snapshotIn(args, world)];
  if (!local) return combine(given);
  for (const { facts } of given.map((one) => openedFrom(one))) if (isTold(node, facts)) await mustBe(node, facts, world);
  return combine([...given, snapshotOf(await captureNode({ node, looks: 2, everySeconds: 2 }, VERSION, world))]);
}

async function planOrApply(typed: Typed, snapshot: Snapshot, node: string, journal: string, world: World): Promise<number> {
  const memo = world.before?.memo ?? new ParseMemo();
  const plan = planFor(typed, snapshot, memo);
  const { diagnosis, chosen, facts, quote } = plan;
  const language = languageOf(typed.options, world);
  if (choiceOption(typed.options, 'output', ['text', 'json']) === 'json')
    world.print(JSON.stringify(diagnosisJson({ ...diagnosis, findings: chosen }, facts, quote, language), null, 2));
  else for (const finding of chosen) world.print(`${findingText(finding, facts, quote, language)}\n`);
  if (chosen.length === 0) {
    world.note(nothingChosen(diagnosis));
    return diagnosis.unexplained.length > 0 ? EXIT.errors : EXIT.fine;
  }
  if (!flagOption(typed.options, 'apply')) return EXIT.errors;
  await mustBeNone(journal, world);
  const here = chosen.filter(({ fix }) => fix.steps.some(({ on }) => on.node === node));
  const concerned = here.length > 0;
  if (here.length > 1 && flagOption(typed.options, 'keepJournal'))
    throw new UsageError(
      `nothing was done: a journal keeps one plan, and ${here.length} concern ${node}: choose one with --fault and --subject (${here.map(({ fault, subject }) => `${fault.id} ${subjectText(subject)}`).join(', ')})`,
    );
  if (concerned) {
    await mustBe(node, facts, world);
    await mustTakeJournal(journal, world);
  }
  return applyAll(typed, { snapshot, node, journal, memo, concerned }, plan, world);
}

/** Why there is nothing to mend: what was found is not what was asked for, or explains nothing, or is not there. */
function nothingChosen({ findings, unexplained }: Diagnosis): string {
  if (findings.length > 0)
    return `nothing to mend was found of what was asked for; found: ${findings.map(({ fault, subject }) => `${fault.id} ${subjectText(subject)}`).join(', ')}`;
  return unexplained.length > 0
    ? 'nothing found explains what fails; `leadline diagnose` shows where it ends'
    : 'nothing to mend was found';
}

/** Each mend is laid over what was known before the next one is planned. */
async function applyAll(
  typed: Typed,
  { snapshot, node, journal, memo, concerned }: Pick<Applying, 'snapshot' | 'node' | 'journal' | 'memo'> & { readonly concerned: boolean },
  first: Planned,
  world: World,
): Promise<number> {
  const [yes, keep] = [flagOption(typed.options, 'yes'), flagOption(typed.options, 'keepJournal')];
  let now = { snapshot, facts: first.facts };
  return mendInTurn(
    first.chosen,
    {
      mend: (finding) => applyFinding(finding, { ...now, node, journal, yes, keep, memo }, world),
      replan: async () => {
        if (!concerned) return first.chosen; // nothing is done here, so nothing has changed
        const fresh = snapshotOf(await captureNode({ node, looks: 2, everySeconds: 2 }, VERSION, world));
        const again = combine([now.snapshot, fresh]);
        const { facts, chosen } = planFor(typed, again, memo);
        now = { snapshot: again, facts };
        return chosen;
      },
    },
    world,
  );
}

/** What is to be mended, as a snapshot shows it. */
type Planned = Opened & { readonly diagnosis: Diagnosis; readonly chosen: readonly Finding[] };

function planFor(typed: Typed, snapshot: Snapshot, memo: ParseMemo): Planned {
  const opened = openedFrom(snapshot, memo);
  const { facts } = opened;
  const diagnosis = diagnose(facts, known, [...invariants(facts), ...flowChecks(listOption(typed.options, 'flow'), facts)]);
  return { ...opened, diagnosis, chosen: diagnosis.findings.filter((finding) => isChosen(finding, typed)) };
}

function isChosen(finding: Finding, { options }: Typed): boolean {
  const fault = textOption(options, 'fault');
  const subject = textOption(options, 'subject');
  return (fault === undefined || finding.fault.id === fault) && (subject === undefined || subjectText(finding.subject) === subject);
}
