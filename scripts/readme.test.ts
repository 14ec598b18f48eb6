import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { renewed } from './readme.ts';

test('the README shows what the recorded story really prints: npm run docs:readme renews it', () => {
  const readme = readFileSync('README.md', 'utf8');
  assert.match(readme, /vxlan-vtep-mac-stale {2}lease\/10\.100\.41\.0\/24 {2}\(proved\)/);
  assert.equal(readme, renewed(readme));
});

test('the README names the two lines that must always do', () => {
  const readme = readFileSync('README.md', 'utf8');
  assert.ok(readme.includes('npm ci && npm start') && readme.includes('npm ci && npm run lab:install && npm test'));
});
