/** Runs everything that must hold, in stages, and ends in `N passed, N failed`. `--only=unit,lab` picks stages. */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';

type Counted = { readonly passed: number; readonly failed: number; readonly skipped: readonly string[] };
type Stage = { readonly name: string; readonly is: string; readonly run: () => Promise<Counted> };

const node = process.execPath;

/** Runs a program with its output shown; resolves with what it printed and its status. */
function show(argv: readonly string[], quietWhenFine: boolean): Promise<{ readonly code: number; readonly out: string }> {
  const [program = node, ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    const take = (chunk: Buffer): void => {
      out += chunk.toString();
      if (!quietWhenFine) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', (code) => {
      if (quietWhenFine && code !== 0) process.stdout.write(out);
      resolve({ code: code ?? 1, out });
    });
  });
}

const once = (name: string, is: string, argv: readonly string[]): Stage => ({
  name,
  is,
  run: async () => {
    const { code } = await show(argv, true);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
  },
});

/** Builds that tests may lack: what could not be had is named, and fails only where the lab is required. */
const parts = (name: string, is: string, builds: readonly (readonly string[])[]): Stage => ({
  name,
  is,
  run: async () => {
    const skipped: string[] = [];
    for (const argv of builds) {
      const { code, out } = await show(argv, true);
      if (code !== 0) skipped.push(`${argv.slice(1).join(' ')}: ${out.trim().split('\n').at(-1) ?? ''}`);
    }
    return { passed: builds.length - skipped.length, failed: 0, skipped };
  },
});

const count = (out: string, word: string): number => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(out)?.[1] ?? 0);

/** What Node's runner says of these files. */
async function played(files: readonly string[], options: readonly string[]): Promise<Counted> {
  const { code, out } = await show([node, '--test', '--test-reporter=spec', ...options, ...files], false);
  const skipped = [...out.matchAll(/^\s*﹣ (.*)$/gm)].map((match) => match[1] ?? '');
  const failed = count(out, 'fail') + count(out, 'cancelled');
  return { passed: count(out, 'pass'), failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}

const sum = (all: readonly Counted[]): Counted => ({
  passed: all.reduce((total, { passed }) => total + passed, 0),
  failed: all.reduce((total, { failed }) => total + failed, 0),
  skipped: all.flatMap(({ skipped }) => skipped),
});

const filesOf = (patterns: readonly string[], without: readonly string[] = []): string[] => {
  const left = new Set(globSync([...without]));
  return globSync([...patterns], { exclude: (path) => path.includes('node_modules') })
    .filter((path) => !left.has(path))
    .sort();
};

/** Tests with a process for each file, so many files at a time: what needs the machine for itself is played one after the other. */
const apart = (name: string, is: string, atOnce: number, patterns: readonly string[], without: readonly string[] = []): Stage => ({
  name,
  is,
  run: async () => {
    const files = filesOf(patterns, without);
    if (files.length === 0) return { passed: 0, failed: 1, skipped: [`${name}: no test files`] };
    return played(files, [`--test-concurrency=${atOnce}`]);
  },
});

/** Tests that share nothing but code: dealt to as many processes as there are cores, so that the modules are loaded once in each. */
const together = (name: string, is: string, patterns: readonly string[]): Stage => ({
  name,
  is,
  run: async () => {
    const files = filesOf(patterns);
    const hands = Math.min(availableParallelism(), files.length);
    if (hands === 0) return { passed: 0, failed: 1, skipped: [`${name}: no test files`] };
    const dealt = Array.from({ length: hands }, (_, hand) => files.filter((_file, index) => index % hands === hand));
    return sum(await Promise.all(dealt.map((part) => played(part, ['--test-isolation=none']))));
  },
});

/** What of the lab's own code is tested without a lab: values in, values out. */
const LAB_UNITS = ['lab/conform/*/**/*.test.ts', 'lab/{draw,gauntlet,play,probe,recorded-tools,stand-ins,story}/**/*.test.ts'];

/** What mostly waits in namespaces of its own: for daemons, for timers, for who asks. */
const LAB_WAITING = [
  'lab/{fix,invisible,start}.test.ts',
  'lab/real/{flanneld,story,udp-backend}.test.ts',
  'lab/tracer/tracer.test.ts',
  'lab/userlands/*.test.ts',
  'lab/world/{guard,stand-in}.test.ts',
];
const WAIT_AT_ONCE = 3;

const stages: readonly Stage[] = [
  once('registries', 'the generated registries are what their folders say', [node, 'scripts/generate.ts', '--check']),
  once('types', 'the types hold', ['node_modules/.bin/tsc', '-p', 'tsconfig.json']),
  once('lint', 'format and lint', ['node_modules/.bin/biome', 'check', '.']),
  once('layers', 'imports go in one direction', [node, 'scripts/layers.ts']),
  together('unit', 'units, contracts, fuzzing, fault pages', ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts']),
  together('lab-units', "the lab's own code", LAB_UNITS),
  parts('lab-parts', 'what the lab builds once: other userlands, the real flanneld, the real Kubernetes, a guest with another kernel', [
    [node, 'lab/userlands/build.ts'],
    [node, 'lab/real/build.ts'],
    [node, 'lab/policies/build.ts'],
    [node, 'lab/kubernetes/build.ts'],
    [node, 'lab/vm/build.ts'],
  ]),
  apart('lab-waiting', 'real packets in namespaces, where most of the time is waited', WAIT_AT_ONCE, LAB_WAITING),
  apart('lab', 'real packets in namespaces, one test after the other', 1, ['lab/**/*.test.ts'], [...LAB_UNITS, ...LAB_WAITING]),
];

const only = process.argv
  .find((word) => word.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const strange = only?.find((name) => !stages.some((stage) => stage.name === name));
if (strange !== undefined) {
  console.error(`no stage is called ${JSON.stringify(strange)}; there are ${stages.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
let passed = 0;
let failed = 0;
const skipped: string[] = [];
for (const stage of stages.filter(({ name }) => only?.includes(name) ?? true)) {
  const started = performance.now();
  process.stdout.write(`\n== ${stage.name}: ${stage.is}\n`);
  const counted = await stage.run();
  passed += counted.passed;
  failed += counted.failed;
  skipped.push(...counted.skipped);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `== ${stage.name}: ${counted.failed === 0 ? 'holds' : 'FAILS'} (${counted.passed} passed, ${counted.failed} failed, ${seconds} s)`,
  );
}
if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
// where the lab is required, a skipped part has failed
if (process.env.LEADLINE_LAB === 'required') failed += skipped.length;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
