/** Runs everything that must hold, in stages, and ends in `N passed, N failed`. `--only=unit,lab` picks stages. */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

type Counted = { readonly passed: number; readonly failed: number; readonly skipped: readonly string[] };
/** What is played in one go: beside others, or alone. */
type Piece = () => Promise<Counted>;
type Stage = { readonly name: string; readonly is: string; readonly pieces: () => readonly Piece[] };
/** Stages of which so many pieces are played beside each other; they begin in their order. */
type Row = { readonly atOnce: number; readonly stages: readonly Stage[] };

const node = process.execPath;
const CORES = availableParallelism();

/** Compiled code is kept beside the packages: whatever starts a second time starts in half of the time. */
const env: NodeJS.ProcessEnv = { NODE_COMPILE_CACHE: resolve('node_modules/.cache/leadline'), ...process.env };

/** Runs a program with its output shown, line by line; resolves with what it printed and its status. */
function show(argv: readonly string[], quietWhenFine: boolean): Promise<{ readonly code: number; readonly out: string }> {
  const [program = node, ...args] = argv;
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let [out, shown] = ['', 0];
    // others print beside it
    const print = (until: number): void => {
      if (!quietWhenFine && until > shown) process.stdout.write(out.slice(shown, until));
      shown = Math.max(shown, until);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        print(out.lastIndexOf('\n') + 1);
      });
    }
    child.on('close', (code) => {
      print(out.length);
      if (quietWhenFine && code !== 0) process.stdout.write(out);
      done({ code: code ?? 1, out });
    });
  });
}

const once = (name: string, is: string, argv: readonly string[], whenFine: () => void = () => {}): Stage => ({
  name,
  is,
  pieces: () => [
    async () => {
      const { code } = await show(argv, true);
      if (code === 0) whenFine();
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
    },
  ],
});

/** Builds that tests may lack: what could not be had is named, and fails only where the lab is required. */
const parts = (name: string, is: string, builds: readonly (readonly string[])[]): Stage => ({
  name,
  is,
  pieces: () => [
    async () => {
      const skipped: string[] = [];
      for (const argv of builds) {
        const { code, out } = await show(argv, true);
        if (code !== 0) skipped.push(`${argv.slice(1).join(' ')}: ${out.trim().split('\n').at(-1) ?? ''}`);
      }
      return { passed: builds.length - skipped.length, failed: 0, skipped };
    },
  ],
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

/** The files of patterns, those of the first pattern first. */
const filesOf = (patterns: readonly string[], without: readonly string[] = []): string[] => {
  const left = new Set(globSync([...without]));
  const inOrder = patterns.flatMap((pattern) => globSync(pattern, { exclude: (path) => path.includes('node_modules') }).sort());
  return [...new Set(inOrder)].filter((path) => !left.has(path));
};

/** Files dealt to pieces; no file at all is a failure, for nothing was asked. */
const dealt = (name: string, is: string, options: readonly string[], deal: () => readonly (readonly string[])[]): Stage => ({
  name,
  is,
  pieces: () => {
    const hands = deal().filter(({ length }) => length > 0);
    if (hands.length === 0) return [async () => ({ passed: 0, failed: 1, skipped: [`${name}: no test files`] })];
    return hands.map((files) => () => played(files, options));
  },
});

const IN_TURN = ['--test-concurrency=1'];

/** Tests with a process for each file. */
const apart = (name: string, is: string, patterns: readonly string[], without: readonly string[] = []): Stage =>
  dealt(name, is, IN_TURN, () => filesOf(patterns, without).map((file) => [file]));

/** Tests that share nothing but code: dealt to as many processes as there are cores, so that the modules are loaded once in each. */
const together = (name: string, is: string, patterns: readonly string[]): Stage =>
  dealt(name, is, ['--test-isolation=none'], () => {
    const files = filesOf(patterns);
    return Array.from({ length: CORES }, (_, hand) => files.filter((_file, index) => index % CORES === hand));
  });

/** What of the lab's own code is tested without a lab: values in, values out. */
const LAB_UNITS = [
  'lab/conform/*/**/*.test.ts',
  'lab/conform/{draw-jobs,pool}.test.ts',
  'lab/{draw,gauntlet,play,probe,recorded-tools,stand-ins,story,testing}/**/*.test.ts',
  'lab/tracer/processors.test.ts',
  'lab/vm/{cpio,draw-jobs}.test.ts',
  'lab/waiting/share.test.ts',
  'lab/world/rules/*.test.ts',
];

/** A guest's processor is translated by one of this machine's, and keeps it busy. */
const LAB_GUESTS = ['lab/vm/vm.test.ts', 'lab/vm/scenario.test.ts'];

/** What mostly waits in namespaces of its own, for daemons, for who asks: what takes longest first. What is judged by the clock is played alone. */
const LAB_WAITING = [
  'lab/fix.test.ts',
  'lab/recorded.test.ts',
  'lab/real/udp-backend.test.ts',
  'lab/world/stand-in.test.ts',
  'lab/userlands/*.test.ts',
  'lab/real/story.test.ts',
  'lab/invisible.test.ts',
  'lab/kubernetes/**/*.test.ts',
  'lab/start.test.ts',
  'lab/tracer/tracer.test.ts',
  'lab/policies/*.test.ts',
  'lab/real/{daemon,flanneld}.test.ts',
  'lab/world/guard.test.ts',
  'lab/vm/capturer.test.ts',
];
const BESIDE_GUESTS = 2;

const rows: readonly Row[] = [
  {
    // the longest first, so that both hands are full to the end
    atOnce: CORES,
    stages: [
      once('registries', 'the generated registries are what their folders say', [node, 'scripts/generate.ts', '--check']),
      together('unit', 'units, contracts, fuzzing, fault pages', ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts']),
      once('types', 'the types hold', ['node_modules/.bin/tsc', '-p', 'tsconfig.json']),
      together('lab-units', "the lab's own code", LAB_UNITS),
      once('layers', 'imports go in one direction', [node, 'scripts/layers.ts']),
      once('lint', 'format and lint', ['node_modules/.bin/biome', 'check', '.']),
    ],
  },
  {
    atOnce: 1,
    stages: [
      // what comes after plays what was built, unless another one was named
      once('build', 'the product as it is shipped, for the lab plays that', [node, 'scripts/build.ts'], () => {
        env.LEADLINE_CLI ??= resolve('dist/leadline.js');
      }),
      parts('lab-parts', 'what the lab builds once: other userlands, the real flanneld, the real Kubernetes, a guest with another kernel', [
        [node, 'lab/userlands/build.ts'],
        [node, 'lab/real/build.ts'],
        [node, 'lab/policies/build.ts'],
        [node, 'lab/kubernetes/build.ts'],
        [node, 'lab/vm/build.ts'],
      ]),
    ],
  },
  {
    atOnce: LAB_GUESTS.length + BESIDE_GUESTS,
    stages: [
      apart('lab-guests', 'real packets in guests with another kernel', LAB_GUESTS),
      apart('lab-waiting', 'real packets in namespaces, where most of the time is waited', LAB_WAITING),
    ],
  },
  {
    atOnce: 1,
    stages: [
      apart(
        'lab',
        'real packets in namespaces, one test after the other',
        ['lab/**/*.test.ts'],
        [...LAB_UNITS, ...LAB_GUESTS, ...LAB_WAITING],
      ),
    ],
  },
];

const only = process.argv
  .find((word) => word.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const names = rows.flatMap(({ stages }) => stages.map(({ name }) => name));
const strange = only?.find((name) => !names.includes(name));
if (strange !== undefined) {
  console.error(`no stage is called ${JSON.stringify(strange)}; there are ${names.join(', ')}`);
  process.exit(2);
}

/** The pieces of a stage: the first one says that it begins, the last one how it ended. */
function told({ name, is, pieces }: Stage): readonly (() => Promise<Counted>)[] {
  const all = pieces();
  const done: Counted[] = [];
  let started: number | undefined;
  return all.map((piece) => async () => {
    if (started === undefined) process.stdout.write(`\n== ${name}: ${is}\n`);
    started ??= performance.now();
    const counted = await piece();
    done.push(counted);
    if (done.length < all.length) return counted;
    const { passed, failed } = sum(done);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`== ${name}: ${failed === 0 ? 'holds' : 'FAILS'} (${passed} passed, ${failed} failed, ${seconds} s)`);
    return counted;
  });
}

const counted: Counted[] = [];
for (const { atOnce, stages } of rows) {
  const queue = stages.filter(({ name }) => only?.includes(name) ?? true).flatMap(told);
  const hand = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) counted.push(await next());
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
}
const { passed, failed: failing, skipped } = sum(counted);
if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
// where the lab is required, a skipped part has failed
const failed = failing + (process.env.LEADLINE_LAB === 'required' ? skipped.length : 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
