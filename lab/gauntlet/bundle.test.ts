import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { STAND_IN_BIN } from '../stand-ins/folder.ts';
import { bundleStandIns, standIns } from './bundle.ts';

/** The stand-ins that a script of their name becomes: by launch.sh, or by itself. */
const started = readdirSync(STAND_IN_BIN).flatMap((name) => {
  const text = readFileSync(join(STAND_IN_BIN, name), 'utf8');
  return [...text.matchAll(/^launch ([\w-]+)|LAB_BUNDLES\/([\w-]+)\.mjs/gm)].map(([, launched, own]) => launched ?? own ?? '');
});

test('every stand-in that a lab starts has its bundle where it is looked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-bundles-'));
  try {
    await bundleStandIns(folder);
    const made = readdirSync(folder).map((name) => name.replace(/\.mjs$/, ''));
    assert.deepEqual(
      made.toSorted(),
      standIns()
        .map(([name]) => name)
        .toSorted(),
    );
    assert.ok(started.length > 0);
    assert.deepEqual(
      started.filter((name) => !made.includes(name)),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
