import { definitionOf } from '#engine/preview';
import type { Finding } from '#engine/finding';
import { subjectText } from '#engine/subject';
import type { Facts } from '#facts/facts';
import type { ParseMemo } from '#parsers/parse-memo';
import type { Snapshot } from '#snapshot/snapshot';
import { EXIT } from '../command.ts';
import type { World } from '../world.ts';
import { type Journal, thisBoot, wayOut } from './journal.ts';
import { mustKeepJournal } from './journal-place.ts';
import { performPlan, undoPlan } from './perform-plan.ts';
import { thisMachine } from './this-machine.ts';
import { type Verified, verify } from './verify.ts';

/** Where and how a plan is performed. */
export type Applying = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly node: string;
  readonly journal: string;
  readonly yes: boolean;
  /** Whether the journal stays when the plan helped. */
  readonly keep: boolean;
  /** What was parsed of the snapshot, most of which is the same when this node is looked at again. */
  readonly memo: ParseMemo;
};

/** Performs the steps of a finding's plan that concern this node, looks again, and takes back what did not help. */
export async function applyFinding(finding: Finding, applying: Applying, world: World): Promise<number> {
  const { node, journal: path } = applying;
  const mine = finding.fix.steps.filter(({ on }) => on.node === node);
  const others = [...new Set(finding.fix.steps.map(({ on }) => on.node).filter((one) => one !== node))];
  if (mine.length === 0) {
    world.note(
      `${finding.fault.id}: nothing of this plan is done on ${node}${others.length > 0 ? `; run it on ${others.join(', ')}` : '; it is a plan for a person'}`,
    );
    return EXIT.errors;
  }
  if (!(await confirmed(finding, applying, world))) return EXIT.errors;
  await mustKeepJournal(path, world);
  const journal: Journal = {
    format: 'leadline-journal',
    version: 2,
    fault: finding.fault.id,
    subject: subjectText(finding.subject),
    node,
    machine: await thisMachine(world),
    boot: await thisBoot(world),
    started: world.now(),
    steps: mine.map((action) => ({ action, state: 'planned', undo: null })),
  };
  const performed = await performPlan(journal, path, world);
  if (performed.failedAt !== null) {
    world.note(`step ${performed.failedAt + 1} failed: ${performed.why}\ntaking back what was done`);
    await takenBack(performed.journal, path, world);
    return EXIT.failed;
  }
  return concluded(finding, await settled(finding, applying, world), performed.journal, others, applying, world);
}

/** Takes a plan back, and says what to do where that is not done wholly. */
async function takenBack(journal: Journal, path: string, world: World): Promise<boolean> {
  const clean = await undoPlan(journal, path, world);
  if (!clean)
    world.note(
      `not everything was taken back: ${path} says what is left; mend what stands in the way, then ${wayOut('--undo', path)} tries again`,
    );
  return clean;
}

async function confirmed(finding: Finding, { facts, node, yes }: Applying, world: World): Promise<boolean> {
  if (yes) return true;
  const mine = finding.fix.steps.filter(({ on }) => on.node === node);
  world.note(`on ${node}, now:`);
  for (const action of mine) {
    world.note(`   $ ${definitionOf(action).command(action)}`);
    for (const line of definitionOf(action).diff(facts, action)) world.note(`     ${line}`);
  }
  world.note(`this touches: ${finding.fix.blast.en}\ntype ${node} to go on, anything else to stop:`);
  for await (const line of world.lines()) {
    if (line.trim() === node) return true;
    break;
  }
  world.note('nothing was done');
  return false;
}

const LOOKS = 4;
const BETWEEN_MS = 700;

/** Components need a moment to react: looks again a few times before it says that nothing was mended. */
async function settled(finding: Finding, applying: Applying, world: World): Promise<Verified> {
  let last = await verify(finding, applying, world);
  for (let look = 1; look < LOOKS && last.is === 'not mended'; look++) {
    await world.sleep(BETWEEN_MS);
    last = await verify(finding, applying, world);
  }
  return last;
}

async function concluded(
  finding: Finding,
  verified: Verified,
  journal: Journal,
  others: readonly string[],
  { journal: path, keep }: Applying,
  world: World,
): Promise<number> {
  for (const { check, answered } of verified.probes) world.note(`   ${answered ? '✓' : '✗'} real packets: ${check}`);
  if (verified.is === 'not mended' && others.length === 0) {
    world.note(`${verified.says}: taking it back`);
    return (await takenBack(journal, path, world)) ? EXIT.errors : EXIT.failed;
  }
  if (!keep) await world.files.remove(path);
  const mark = verified.is === 'mended' ? '✓' : '–';
  world.print(`${mark}  ${finding.fault.id} ${subjectText(finding.subject)}: ${verified.is}: ${verified.says}`);
  if (verified.restsOn.length > 0)
    world.print(
      `   not verified from here: ${verified.restsOn.join(', ')}; capture ${verified.restsOn.length === 1 ? 'it' : 'them'} again and run leadline diagnose`,
    );
  if (others.length > 0) world.print(`   left to do on ${others.join(', ')}: run the same there`);
  return verified.is === 'not mended' ? EXIT.errors : EXIT.fine;
}
