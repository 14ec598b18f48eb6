#!/usr/bin/env node
// Starts a story of the lab on any Node from 20 on: on the Node LTS that the project brings where that runs,
// else on the Node that is there, bundled first when it cannot read TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The project's own Node, if it is of this machine's kind and runs. */
function ownNode() {
  if (process.platform !== 'linux') return undefined;
  const path = at(`../node_modules/node-linux-${process.arch}/bin/node`);
  return existsSync(path) && spawnSync(path, ['--version']).status === 0 ? path : undefined;
}

/** Builds the product as it is shipped: one file starts eight times faster than its sources. */
function build(node) {
  const { status } = spawnSync(node, [at('../scripts/build.ts')], { cwd: at('..'), stdio: 'ignore' });
  if (status === 0 && existsSync(at('../dist/leadline.js'))) process.env.LEADLINE_CLI ??= at('../dist/leadline.js');
}

/** Bundles the story and the product for a Node that reads only JavaScript. */
async function bundle() {
  const { build } = await import('esbuild');
  const banner = { js: "import { createRequire as own } from 'node:module';\nconst require = own(import.meta.url);" };
  const shared = { bundle: true, platform: 'node', format: 'esm', target: 'node20', external: ['koffi'], banner, logLevel: 'error' };
  await build({ ...shared, entryPoints: [at('../lab/run.ts')], outfile: at('../dist/story.mjs') });
  await build({ ...shared, entryPoints: [at('../src/cli/entry.ts')], outfile: at('../dist/story-leadline.mjs') });
  process.env.LEADLINE_CLI = at('../dist/story-leadline.mjs');
  process.env.LEADLINE_RECORDED = at('../lab/recorded');
  return at('../dist/story.mjs');
}

/** The kernel kills the child when this process dies, where setpriv can ask it to. */
function guarded(command) {
  const there = process.platform === 'linux' && spawnSync('setpriv', ['--version']).status === 0;
  return there ? ['setpriv', '--pdeathsig', 'KILL', ...command] : command;
}

const own = ownNode();
process.env.LEADLINE_NODE = own === undefined ? 'machine' : 'own';
process.env.NODE_COMPILE_CACHE ??= at('../node_modules/.cache/leadline');
const typescript = own !== undefined || process.features.typescript;
const script = typescript ? at('../lab/run.ts') : await bundle();
const args = process.argv.slice(2);
if (!typescript)
  process.env.LEADLINE_REPLAY = `Node ${process.version} reads no TypeScript, and the project's own Node is not here (npm ci brings it on Linux)`;
if (typescript && !args.includes('--list')) build(own ?? process.execPath);
const [program, ...rest] = guarded([own ?? process.execPath, script, ...args]);
const child = spawn(program, rest, { stdio: 'inherit' });

// npm that is killed tells nobody: a new parent is the only sign.
const parent = process.ppid;
setInterval(() => process.ppid === parent || child.kill('SIGKILL'), 200).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`start: ${error.message}`);
  process.exitCode = 1;
});
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
