/**
 * `npm pack` ships one bundled file that needs nothing installed. `prepare` (npm's prepack) builds it and puts the manifest of the
 * package in the place of the checkout's, whose dependencies are for development only; `restore` (postpack) puts that back.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { bundledLicences } from './build/licences.ts';
import { packageManifest } from './build/manifest.ts';

const MANIFEST = 'package.json';
const KEPT = 'dist/package.checkout.json';

function prepare(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.ts'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the bundle was not built: ${stderr}`);
  writeFileSync('dist/THIRD-PARTY-LICENSES.txt', bundledLicences());
  // an earlier run that was cut off left the package's manifest here: the kept one is the checkout's
  if (!existsSync(KEPT)) writeFileSync(KEPT, readFileSync(MANIFEST));
  writeFileSync(`${MANIFEST}.part`, packageManifest(readFileSync(KEPT, 'utf8')));
  renameSync(`${MANIFEST}.part`, MANIFEST);
}

const [what] = process.argv.slice(2);
if (what === 'prepare') prepare();
else if (what === 'restore' && existsSync(KEPT)) renameSync(KEPT, MANIFEST);
