/**
 * `npm run new fault|action|format|element|fact|scenario <id>`: copies the template, fills in the id, formats it, refreshes the
 * registries.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const homes: Readonly<Record<string, string>> = {
  fault: 'src/faults',
  action: 'src/actions',
  format: 'src/parsers',
  element: 'src/sim/packet',
  fact: 'src/facts',
  scenario: 'src/faults',
};

const camel = (id: string): string => id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const pascal = (id: string): string => camel(id).replace(/^./, (letter) => letter.toUpperCase());

function stop(message: string): never {
  console.error(message);
  process.exit(2);
}

const [what = '', id = ''] = process.argv.slice(2);
const home = homes[what] ?? stop(`npm run new ${Object.keys(homes).join('|')} <id>; not "${what}"`);
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) stop(`an id is kebab-case in the field's words, such as vxlan-fdb-missing; not "${id}"`);
const folder = `${home}/${id}`;
if (what === 'scenario' ? existsSync(`${folder}/scenario.ts`) : existsSync(folder)) stop(`${folder} is there already`);
if (what === 'scenario' && !existsSync(folder))
  stop(`a scenario is a fault's, and there is no ${folder}: npm run new fault ${id} makes both`);

mkdirSync(folder, { recursive: true });
cpSync(`scripts/templates/${what}`, folder, { recursive: true });
for (const path of globSync(`${folder}/*`)) {
  const target = path.replace(/__id__/g, id).replace(/\.tmpl$/, '');
  if (!path.endsWith('.tmpl')) continue;
  renameSync(path, target);
  const text = readFileSync(target, 'utf8')
    .replaceAll('__id__', id)
    .replaceAll('__camel__', camel(id))
    .replaceAll('__Pascal__', pascal(id));
  writeFileSync(target, text);
  console.log(`wrote ${target}`);
}
// how a line is broken hangs on how long the id is
spawnSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', '--log-level=error', folder], {
  stdio: 'inherit',
});
spawnSync(process.execPath, ['scripts/generate.ts'], { stdio: 'inherit' });
console.log(
  `next: ${what === 'fault' ? `write ${folder}/README.md first, then its cases; npm run docs:faults fills the page` : `fill ${folder}`}`,
);
