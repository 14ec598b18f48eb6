import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDiagnosis } from '../story/verdict.ts';
import { mendsBoth } from './play-pair.ts';

const done = { performed: true, wrong: [] };
const diagnosis = (...findings: readonly string[]) =>
  readDiagnosis(JSON.stringify({ findings: findings.map((fault) => ({ fault, subject: 'node/D', status: 'proved', severity: 'error' })) }));
const seen = (found: readonly string[], wrong: readonly string[]) => () => Promise.resolve({ diagnosis: diagnosis(...found), wrong });
const nobodyLooks = () => Promise.reject(new Error('nobody is to look'));

test('one mend mends both where packets flow after it and nothing is found', async () => {
  assert.equal(await mendsBoth(done, seen([], [])), true);
});

test('it does not where something is found still, or packets do not flow', async () => {
  assert.equal(await mendsBoth(done, seen(['vxlan-fdb-missing'], [])), false);
  assert.equal(await mendsBoth(done, seen([], ['pod default/web-a → 10.0.0.2 icmp: silence'])), false);
});

test('a mend that was not performed, or failed, mends nothing', async () => {
  assert.equal(await mendsBoth({ performed: false, wrong: [] }, nobodyLooks), false);
  assert.equal(await mendsBoth({ performed: true, wrong: ['leadline fix on D ended with 1'] }, nobodyLooks), false);
});
