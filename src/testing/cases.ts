import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { failed } from '#engine/check';
import { invariants } from '#engine/invariants';
import { diagnoseView } from '#engine/diagnose';
import type { Fault } from '#engine/fault';
import { judge } from '#engine/judge';
import { lookAt } from '#engine/look';
import { previewPlan } from '#engine/preview';
import { subjectText } from '#engine/subject';
import { faults } from '#faults/faults';
import type { Diagnosis } from '#engine/finding';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import { findingText } from '#report/finding-text';
import { noQuotes } from '#report/quote';

type Case = {
  readonly name: string;
  readonly facts: Facts;
  /** The canonical subject of the verdict; without one, every subject's verdict must be this answer. */
  readonly subject?: string;
};
type Some<T> = readonly [T, ...T[]];
export type Cases = { readonly found: Some<Case>; readonly absent: Some<Case>; readonly unknown: Some<Case> };

const BLOCK = /```text\n([\s\S]*?)\n```/;

const lookAtCase = (facts: Facts): View => lookAt(facts, invariants(facts));

/** Verdicts of one fault on a case: by subject. */
const verdictsOn = (fault: Fault, facts: Facts): readonly Answer[] => verdictsIn(fault, lookAtCase(facts));

type Answer = { readonly subject: string; readonly is: string };

const verdictsIn = (fault: Fault, view: View): readonly Answer[] =>
  judge(fault, view).map(({ subject, ruling }) => ({ subject: subject === null ? '' : subjectText(subject), is: ruling.is }));

/** What several tests ask: found out when the first of them asks, forgotten when the last one has it. */
function asked<T>(find: () => T): { readonly told: () => T; readonly last: () => T } {
  let found: T | undefined;
  const last = (): T => {
    const told = found ?? find();
    found = undefined;
    return told;
  };
  return { told: () => (found ??= find()), last };
}

/**
 * Tests a fault on the smallest changes of a healthy cluster that tell its three answers apart: on a *found* case the whole
 * diagnosis must put it first and its previewed fix must make it absent; and its page shows what is printed.
 */
export function cases(fault: Fault, all: Cases): void {
  const [first] = all.found;
  const firstView = asked(() => lookAtCase(first.facts));
  const diagnosis = asked(() => diagnoseView(firstView.told(), [fault]));
  for (const found of all.found) {
    const { name, facts, subject } = found;
    const view = found === first ? firstView : asked(() => lookAtCase(facts));
    test(`${fault.id} is found: ${name}`, () => {
      const verdicts = verdictsIn(fault, view.told());
      assert.ok(
        verdicts.some((one) => one.is === 'found' && (subject === undefined || one.subject === subject)),
        JSON.stringify(verdicts),
      );
    });
    test(`${fault.id} is undone by its own fix: ${name}`, () =>
      foundAndMended(fault, facts, found === first ? diagnosis.told() : diagnoseView(view.last(), [fault]), subject));
  }
  for (const answer of ['absent', 'unknown'] as const) {
    for (const { name, facts, subject } of all[answer]) {
      test(`${fault.id} is ${answer}: ${name}`, () => {
        const verdicts = verdictsOn(fault, facts).filter((one) => subject === undefined || one.subject === subject);
        if (answer === 'unknown')
          assert.ok(verdicts.some(({ is }) => is === 'unknown') && verdicts.every(({ is }) => is !== 'found'), JSON.stringify(verdicts));
        else
          assert.ok(
            verdicts.every(({ is }) => is === 'absent'),
            JSON.stringify(verdicts),
          );
      });
    }
  }
  test(`${fault.id} is mended by no other candidate's fix: ${first.name}`, () => mendedByNoOther(fault, firstView.last()));
  test(`${fault.id}: its page shows what is printed`, () => {
    const page = `src/faults/${fault.id}/README.md`;
    if (!existsSync(page)) assert.fail(`${page} is missing`);
    const text = readFileSync(page, 'utf8');
    const wanted = printed(diagnosis.last(), first.facts);
    if (process.env.LEADLINE_PAGES === 'write')
      writeFileSync(
        page,
        text.replace(BLOCK, () => `\`\`\`text\n${wanted}\n\`\`\``),
      );
    else assert.equal(BLOCK.exec(text)?.[1], wanted, 'run npm run docs:faults');
  });
}

/** What the page of a fault shows: its finding on the first found case. */
function printed({ findings: [finding] }: Diagnosis, facts: Facts): string {
  return finding === undefined ? 'nothing found' : findingText(finding, facts, noQuotes, 'en');
}

function foundAndMended(fault: Fault, facts: Facts, { findings }: Diagnosis, subject: string | undefined): void {
  const finding = findings.find((one) => subject === undefined || subjectText(one.subject) === subject);
  assert.ok(finding !== undefined, `no finding: ${JSON.stringify(verdictsOn(fault, facts))}`);
  if (finding.fix.steps.length === 0) {
    assert.ok(finding.fix.manual !== undefined, 'a plan without steps is one for a person');
    return;
  }
  const preview = previewPlan(facts, finding.fix);
  assert.equal(preview.is, 'facts', 'its plan can be previewed');
  if (preview.is !== 'facts') return;
  const after = verdictsOn(fault, preview.facts).filter((one) => one.subject === subjectText(finding.subject));
  assert.ok(
    after.every(({ is }) => is === 'absent'),
    `after its fix: ${JSON.stringify(after)}`,
  );
}

/** A fault that is found beside the true one is no cause: with its fix previewed, something still fails. */
function mendedByNoOther(fault: Fault, view: View): void {
  const { facts, checks } = view;
  const failing = new Set(checks.filter(failed).map(({ id }) => id));
  for (const other of faults as readonly unknown[] as readonly Fault[]) {
    for (const { subject, ruling } of other.id === fault.id ? [] : judge(other, view)) {
      if (ruling.is !== 'found' || subject === null) continue;
      const preview = previewPlan(facts, other.fix(subject, ruling.params, view));
      const after = preview.is === 'facts' ? lookAt(preview.facts, checks).checks : checks;
      const left = after.filter((check) => failed(check) && failing.has(check.id));
      assert.ok(failing.size === 0 || left.length > 0, `${other.id} ${subjectText(subject)} mends all that fails`);
    }
  }
}
