import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { STAND_INS } from '../stand-ins/folder.ts';
import { run } from '../world/command.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const ROOT = at('../..');
const BUNDLE = at('../../dist/leadline.js');

/** Where the product lies as it is shipped, for that is judged: the one that the caller names, else built now; or why it does not build. */
export async function shippedProduct(): Promise<{ readonly path: string } | { readonly why: string }> {
  const named = process.env['LEADLINE_CLI'];
  if (named !== undefined) return { path: named };
  const { code, stderr, stdout } = await run(process.execPath, ['--no-warnings', at('../../scripts/build.ts')], {
    cwd: ROOT,
    timeoutMs: 120_000,
  });
  return code === 0 && existsSync(BUNDLE) ? { path: BUNDLE } : { why: (stderr || stdout).trim().slice(-600) };
}

/** Programs that a lab starts again and again, each with its first module: every folder of a stand-in that has one. */
export const standIns = (): readonly (readonly [string, string])[] =>
  readdirSync(STAND_INS).flatMap((name): readonly [string, string][] => {
    const main = `${STAND_INS}${name}/main.ts`;
    return existsSync(main) ? [[name, main]] : [];
  });

/** Makes a file of each stand-in: to find and read a dozen modules of TypeScript costs twice what starting Node does. */
export async function bundleStandIns(folder: string): Promise<void> {
  await build({
    entryPoints: Object.fromEntries(standIns()),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  });
}
