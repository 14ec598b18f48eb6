import { numberIn, readArguments } from '../arguments.ts';
import { comparePolicies } from './compare.ts';
import { drawCase } from './draw.ts';
import { drawAdminCase } from './draw-admin.ts';
import { buildJudge } from './program.ts';

/** node lab/policies/run.ts [--verdicts N] [--seed S] [--admin]: compares the product with netpol-analyzer; the last line is the score. */
const { value, flag } = readArguments(process.argv.slice(2), ['verdicts', 'seed'], ['admin']);
const verdicts = numberIn(value('verdicts'), 100_000, 10_000_000);
const seed = value('seed') ?? String(Date.now());
const judge = await buildJudge();
if (judge.is === 'missing') throw new Error(judge.reason);
const started = performance.now();
const score = await comparePolicies(judge.path, verdicts, seed, flag('admin') ? drawAdminCase : drawCase);
for (const difference of score.differences.slice(0, 10)) console.log(JSON.stringify(difference));
for (const [name, count] of score.settled) console.log(`settled by the API's text, ${count}: ${name}`);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  `${score.verdicts} verdicts (${score.allowed} allowed), ${score.unknown} unknown, ${score.refused} refused by the judge, ${score.differences.length} unexplained, seed ${seed}, ${seconds} s`,
);
process.exitCode = score.differences.length === 0 ? 0 : 1;
