import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePolicies } from './compare.ts';
import { drawCase } from './draw.ts';
import { drawAdminCase } from './draw-admin.ts';
import { lookUpJudge } from './program.ts';
import { compareSelectors } from './selectors.ts';

const judge = lookUpJudge();
const lack = judge.is === 'missing' ? judge.reason : false;
const skip = process.env['LEADLINE_LAB'] === 'required' ? false : lack;

const DRAWS = [
  ['ten thousand verdicts on random policies', 10_000, drawCase],
  ["four thousand verdicts on random policies of administrators'", 4000, drawAdminCase],
] as const;
for (const [what, wanted, draw] of DRAWS)
  test(`${what} are those of an independent evaluator`, { skip, timeout: 300_000 }, async (context) => {
    assert.ok(judge.is === 'ready', String(lack));
    const seed = process.env['LEADLINE_SEED'] ?? String(Date.now());
    const { verdicts, allowed, unknown, refused, settled, differences } = await comparePolicies(judge.path, wanted, seed, draw);
    context.diagnostic(`${verdicts} verdicts, ${allowed} allowed, ${refused} refused by the judge, seed ${seed}`);
    for (const [name, count] of settled) context.diagnostic(`${count} settled by the API's text: ${name}`);
    assert.deepEqual(differences.slice(0, 3), [], `seed ${seed}`);
    assert.equal(unknown, 0);
    // what the judge refuses is none
    assert.ok(verdicts >= wanted, `${verdicts} verdicts, ${refused} refused`);
    // a cluster in which nothing, or everything, is allowed judges nobody
    assert.ok(allowed > verdicts / 10 && allowed < (9 * verdicts) / 10, `${allowed} of ${verdicts} allowed`);
  });

test("two thousand verdicts on random selectors of Calico's are those of its own parser", { skip, timeout: 300_000 }, async (context) => {
  assert.ok(judge.is === 'ready', String(lack));
  const seed = process.env['LEADLINE_SEED'] ?? String(Date.now());
  const { verdicts, selected, refused, differences } = await compareSelectors(judge.path, 2000, seed);
  context.diagnostic(`${verdicts} verdicts, ${selected} selected, ${refused} on texts that are no selector, seed ${seed}`);
  assert.deepEqual(differences.slice(0, 3), [], `seed ${seed}`);
  assert.ok(selected > verdicts / 10 && refused > 0);
});
