import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

const PARTS = ['src', 'scripts', 'docs', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
const RECORDED = 'lab/recorded/vxlan-vtep-mac-stale/broken';

type Ran = { readonly status: number | null; readonly out: string; readonly all: string };

function run(cwd: string, program: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 60_000 });
  return { status, out: stdout, all: stdout + stderr };
}

/** Another Node of this machine than the one that runs the tests: the oldest that is promised, or near it. */
const otherNode = ['/usr/local/bin/node', '/usr/bin/node', '/opt/node/bin/node'].find(
  (path) => existsSync(path) && /^v(2[0-9])\./.test(run('/', path, '--version').out),
);

test('npm pack makes a package that installs into an empty folder without the network, and runs there', { timeout: 90_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-pack-'));
  try {
    const checkout = join(folder, 'checkout');
    for (const part of PARTS) cpSync(part, join(checkout, part), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules'), join(checkout, 'node_modules'));
    const packed = run(checkout, 'npm', 'pack', '--offline');
    assert.equal(packed.status, 0, packed.all);
    assert.equal(readFileSync(join(checkout, 'package.json'), 'utf8'), readFileSync('package.json', 'utf8'), 'the checkout is as it was');

    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const [tarball = ''] = globSync(join(checkout, '*.tgz'));
    const installed = run(elsewhere, 'npm', 'install', '--offline', '--no-audit', '--no-fund', tarball);
    assert.equal(installed.status, 0, installed.all);
    const packages = globSync(join(elsewhere, 'node_modules/*')).map((path) => path.slice(elsewhere.length + '/node_modules/'.length));
    assert.deepEqual(packages, ['leadline'], 'nothing else is installed with it');
    runsThere(elsewhere);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function runsThere(folder: string): void {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const own = JSON.parse(readFileSync(join(folder, 'node_modules/leadline/package.json'), 'utf8')) as {
    readonly engines: { readonly node: string };
  };
  assert.equal(own.engines.node, '>=20');
  assert.equal(run(folder, './node_modules/.bin/leadline', '--version').out.trim(), version);
  assert.match(run(folder, './node_modules/.bin/kubectl-leadline', '--help').out, /^Usage: kubectl leadline/);
  const bundle = join(folder, 'node_modules/leadline/dist/leadline.js');
  for (const node of [process.execPath, ...(otherNode === undefined ? [] : [otherNode])]) {
    assert.match(run(folder, node, bundle, 'faults').out, /^vxlan-vtep-mac-stale /m, node);
    assert.match(run(folder, node, bundle, 'explain', 'vxlan-vtep-mac-stale').out, /## How it is found/);
    assert.match(run(folder, node, bundle, 'capture', '--script').out, /^#!\/bin\/sh/);
    const recorded = globSync(`${RECORDED}/*`).map((path) => join(process.cwd(), path));
    const diagnosed = run(folder, node, bundle, 'diagnose', ...recorded);
    assert.equal(diagnosed.status, 3, diagnosed.all);
    assert.match(diagnosed.out, /vxlan-vtep-mac-stale {2}lease\/\S+ {2}\(proved\)/);
  }
}
