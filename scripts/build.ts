/** Bundles the command line into one file, dist/leadline.js, which runs on any Node that `engines` names. */
import { chmodSync, globSync, readFileSync, renameSync } from 'node:fs';
import { build } from 'esbuild';

const OUT = 'dist/leadline.js';
/** Written beside it first: whoever starts meanwhile finds the old one or the new one, whole. */
const DRAFT = `dist/leadline-${process.pid}.js`;

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

/** The faults' pages travel in the bundle, so that `leadline explain` works anywhere. */
const pages = Object.fromEntries(globSync('src/faults/*/README.md').map((path) => [path.split('/')[2] ?? '', readFileSync(path, 'utf8')]));

await build({
  entryPoints: ['src/cli/entry.ts'],
  outfile: DRAFT,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  legalComments: 'none',
  inject: ['scripts/build/node-20.js'],
  define: { 'process.env.LEADLINE_VERSION': JSON.stringify(version), LEADLINE_PAGES: JSON.stringify(pages) },
  // commander and tar-stream are CommonJS inside: give them a require
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as leadlineRequire } from 'node:module';\nconst require = leadlineRequire(import.meta.url);",
  },
});
chmodSync(DRAFT, 0o755);
renameSync(DRAFT, OUT);
