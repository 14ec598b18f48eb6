import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Allowed, labAllowed } from '../world/allowed.ts';

let asked: Promise<Allowed> | undefined;

/** Far longer than most of them take: what hangs takes for ever, and a slow machine with others beside takes several times as long as a quiet one. */
const LIMIT_MS = 300_000;

/** A test that needs namespaces: skipped with the reason where there are none, failed where LEADLINE_LAB=required. */
export function labTest(name: string, body: (context: TestContext) => Promise<void>, timeout = LIMIT_MS): void {
  test(name, { timeout }, async (context) => {
    asked ??= labAllowed();
    const answer = await asked;
    if (answer.allowed) return body(context);
    if (process.env['LEADLINE_LAB'] === 'required') assert.fail(`the lab is required: ${answer.reason}`);
    context.skip(`no lab here: ${answer.reason}`);
  });
}
