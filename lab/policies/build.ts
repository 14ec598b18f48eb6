import { buildJudge } from './program.ts';

/** node lab/policies/build.ts: builds the judge of policies, once. */
const judge = await buildJudge();
console.log(judge.is === 'ready' ? `policy-judge: ${judge.path}` : `policy-judge: not to be had: ${judge.reason}`);
if (judge.is === 'missing') process.exitCode = 1;
