import { globSync, readFileSync } from 'node:fs';

/** The packages whose code the bundle holds, with all that they bring. */
function bundledPackages(): readonly string[] {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const { dependencies = {} } = manifestOf(name);
    for (const one of Object.keys(dependencies)) visit(one);
  };
  for (const name of Object.keys(manifestOf('').dependencies ?? {})) visit(name);
  return [...seen].sort();
}

type Manifest = { readonly version: string; readonly license?: string; readonly dependencies?: Readonly<Record<string, string>> };

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(name === '' ? 'package.json' : `node_modules/${name}/package.json`, 'utf8')) as Manifest;

/** The licences of all bundled packages in one text. */
export function bundledLicences(): string {
  return bundledPackages()
    .map((name) => {
      const { version, license = '' } = manifestOf(name);
      const [file] = globSync(`node_modules/${name}/{LICENSE,LICENCE,license}*`);
      return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(file, 'utf8').trim()}\n`;
    })
    .join('\n----\n\n');
}
