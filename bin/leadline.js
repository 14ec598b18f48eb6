#!/usr/bin/env node
// Starts Leadline: from the bundle where there is one, else from the sources on the Node LTS that the project brings.
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
  const own = ['x64', 'arm64'].map((cpu) => at(`../node_modules/node-linux-${cpu}/bin/node`)).find((path) => existsSync(path));
  if (own === undefined) {
    console.error('leadline: the sources need Node 22.18 or newer; run `npm ci` (on Linux it brings one) or `npm run build` first');
    process.exit(1);
  }
  process.exit(spawnSync(own, [sources, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
}
