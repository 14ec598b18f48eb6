import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { cruiseTree } from './cruise.ts';
import { layers } from './layers.ts';
import { rules } from './rules.ts';

/** One import that each rule must forbid: the file that imports, and what. */
const planted: Readonly<Record<string, readonly [string, string]>> = {
  ...Object.fromEntries(
    layers
      .filter(({ name }) => name !== 'cli')
      .map(({ name }) => [`${name}-looks-down`, [`src/${name}/planted-${name}.ts`, '../cli/thing.ts']]),
  ),
  'cli-looks-down': ['src/cli/planted.ts', '../elsewhere/thing.ts'],
  'a-fault-stands-alone': ['src/faults/one/fault.ts', '../two/fault.ts'],
  'the-core-has-no-effects': ['src/engine/reads.ts', 'node:fs'],
  'the-core-has-no-packages': ['src/engine/parses.ts', 'commander'],
  'only-commands-perform': ['src/engine/performs.ts', '../actions/sysctl/perform.ts'],
  'previews-are-pure': ['src/actions/sysctl/preview.ts', '../../world/thing.ts'],
  'a-scenario-is-only-data': ['src/faults/one/scenario.ts', './fault.ts'],
  'scenarios-stay-in-the-lab': ['src/engine/peeks.ts', '../faults/one/scenario.ts'],
  'the-lab-is-a-user': ['lab/knows.ts', '../src/engine/peeks.ts'],
  'the-product-does-not-know-the-lab': ['src/cli/uses-lab.ts', '../../lab/knows.ts'],
  'nothing-goes-round': ['src/engine/one.ts', './other.ts'],
  'tests-stay-tests': ['src/cli/builds.ts', '../testing/thing.ts'],
};

test('every rule about imports catches a violation planted for it', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-layers-'));
  try {
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    for (const target of [
      'src/cli/thing.ts',
      'src/elsewhere/thing.ts',
      'src/faults/two/fault.ts',
      'src/actions/sysctl/perform.ts',
      'src/world/thing.ts',
      'src/testing/thing.ts',
    ]) {
      put(target, 'export const thing = 1;\n');
    }
    put('src/engine/other.ts', "import type { planted } from './one.ts';\nexport type Other = typeof planted;\n");
    for (const [file, imported] of Object.values(planted)) put(file, `import '${imported}';\nexport const planted = 1;\n`);
    put('package.json', readFileSync('package.json', 'utf8'));
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    const { modules, violations } = await cruiseTree(folder);
    assert.ok(modules > 0, 'the tool sees the sources');
    const caught = new Set(violations.map(({ rule }) => rule.name));
    assert.deepEqual(
      rules.map(({ name }) => name ?? '').filter((name) => !caught.has(name)),
      [],
      'rules that caught nothing',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every rule has its reason, and its planted violation', () => {
  assert.deepEqual(rules.map(({ name }) => name ?? '').sort(), Object.keys(planted).sort());
  for (const { name, comment } of rules) assert.ok((comment ?? '').length > 20, name);
});
