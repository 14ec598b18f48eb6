import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import test from 'node:test';
import ts from 'typescript';

/** One process for all files, so that the modules are loaded once. */
const TOGETHER = ['--test', '--test-isolation=none'];

test("a newcomer's copies of all templates compile and are clean, and the new fault passes its own tests at once", {
  timeout: 120_000,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-new-'));
  try {
    for (const part of ['src', 'scripts', 'package.json', 'tsconfig.json', 'biome.json'])
      cpSync(part, join(folder, part), { recursive: true });
    cpSync('lab/vocabulary.ts', join(folder, 'lab/vocabulary.ts'));
    for (const linked of ['node_modules', 'lab/recorded-tools']) symlinkSync(join(process.cwd(), linked), join(folder, linked));
    const run = (...argv: string[]): { readonly status: number | null; readonly out: string } => {
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
        cwd: folder,
        encoding: 'utf8',
        // a test within a test runs no files, and says that all is well
        env: { ...process.env, NODE_TEST_CONTEXT: undefined, FUZZ_RUNS: '20000' },
      });
      return { status, out: stdout + stderr };
    };
    for (const [what, id] of [
      ['fault', 'newcomers-fault'],
      ['action', 'newcomers-action'],
      ['format', 'newcomers-format'],
      ['fact', 'newcomers-fact'],
      ['element', 'newcomers-element'],
    ] as const) {
      const { status, out } = run('scripts/new.ts', what, id);
      assert.equal(status, 0, out);
    }
    assert.match(run('scripts/new.ts', 'scenario', 'nobodys-fault').out, /npm run new fault nobodys-fault makes both/);
    const lint = run(join(folder, 'node_modules/@biomejs/biome/bin/biome'), 'check', ...globSync('src/**/newcomers-*', { cwd: folder }));
    assert.equal(lint.status, 0, lint.out);
    assert.deepEqual(problemsIn(folder, /newcomers|^src\/.*\/(kinds|formats|faults|actions)\.ts/), []);
    const tests = run(...TOGETHER, 'src/faults/newcomers-fault/fault.test.ts', 'src/parsers/newcomers-format/newcomers-format.test.ts');
    assert.equal(tests.status, 0, tests.out);
    assert.match(tests.out, /✔ newcomers-fault is found[\s\S]*✔ newcomers-format: a line/);
    // what every format is asked, whoever adds it
    const asked = ['--test-name-pattern=newcomers', '--test-name-pattern=every format says'];
    const house = run(...TOGETHER, ...asked, 'src/parsers/fuzz.test.ts', 'src/parsers/kept.test.ts');
    assert.match(house.out, /✔ newcomers-format survives whatever it is given[\s\S]*✔ every format says/, house.out);
    assert.equal(house.status, 0, house.out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** What the compiler says of some files of a project; all others are read for it and not judged. */
function problemsIn(folder: string, which: RegExp): readonly string[] {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const program = ts.createProgram(fileNames, options);
  const judged = program.getSourceFiles().filter(({ fileName }) => which.test(relative(folder, fileName)));
  assert.ok(judged.length > 10, judged.map(({ fileName }) => fileName).join());
  return [
    ...program.getOptionsDiagnostics(),
    ...judged.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ].map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

test('an id that is not kebab-case, or is taken, is refused with a reason', () => {
  const run = (...argv: string[]) => spawnSync(process.execPath, ['scripts/new.ts', ...argv], { encoding: 'utf8' });
  assert.match(run('fault', 'Not_Kebab').stderr, /kebab-case/);
  assert.match(run('fact', 'route').stderr, /is there already/);
  assert.match(run('thing', 'x').stderr, /fault\|action/);
});
