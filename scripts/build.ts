/** Bundles the command line into one file, dist/leadline.js, which runs on any Node that `engines` names. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

await build({
  entryPoints: ['src/cli/entry.ts'],
  outfile: 'dist/leadline.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  legalComments: 'none',
  define: { 'process.env.LEADLINE_VERSION': JSON.stringify(version) },
  // commander and tar-stream are CommonJS inside: give them a require
  banner: { js: "import { createRequire as leadlineRequire } from 'node:module';\nconst require = leadlineRequire(import.meta.url);" },
});
