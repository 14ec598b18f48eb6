#!/usr/bin/env node
// Starts Leadline: from the sources where they are, on this Node or on the one that the project brings; else from the bundle.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const sources = at('../src/cli/entry.ts');

if (!existsSync(sources)) {
  await import('../dist/leadline.js');
} else if (process.features.typescript) {
  // compiled code is kept beside the packages: a start from the sources then takes a third of the time
  module.enableCompileCache?.(at('../node_modules/.cache/leadline'));
  await import('../src/cli/entry.ts');
} else {
  const runs = (path) => existsSync(path) && spawnSync(path, ['--version']).status === 0;
  const own = ['x64', 'arm64'].map((cpu) => at(`../node_modules/node-linux-${cpu}/bin/node`)).find(runs);
  if (own !== undefined) process.exit(spawnSync(own, [sources, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
  if (!existsSync(at('../dist/leadline.js'))) {
    console.error(
      `leadline: the sources need Node 22.18 or newer, and this is ${process.version}; on Linux \`npm ci\` brings one; elsewhere put the dist/leadline.js here that \`npm run build\` makes on a machine with such a Node`,
    );
    process.exit(1);
  }
  await import('../dist/leadline.js');
}
