/** What a user's npm has to know; everything else of the checkout's manifest is for development. */
const SHIPPED = ['name', 'version', 'description', 'keywords', 'license', 'repository', 'type', 'engines'] as const;

/** The manifest of the package that users install, made of the checkout's: one file, no dependencies, both names of the command. */
export function packageManifest(checkout: string): string {
  const own = new Map(Object.entries(JSON.parse(checkout) as Readonly<Record<string, unknown>>));
  const kept = SHIPPED.flatMap((field) => (own.has(field) ? [[field, own.get(field)] as const] : []));
  const manifest = {
    ...Object.fromEntries(kept),
    bin: { leadline: 'dist/leadline.js', 'kubectl-leadline': 'dist/leadline.js' },
    files: ['dist/leadline.js', 'dist/THIRD-PARTY-LICENSES.txt', 'docs/schemas', 'CHANGELOG.md'],
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
