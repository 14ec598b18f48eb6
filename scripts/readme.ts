/** Writes the real output of the recorded story into the README. `--check` only says whether it is up to date. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';

const WIDTH = 132;
const BLOCK = /<!-- story -->[\s\S]*<!-- \/story -->/;

/** The README with today's output in its place. */
export function renewed(readme: string): string {
  const archives = globSync('lab/recorded/vxlan-vtep-mac-stale/broken/*.tar.gz').sort();
  const { stdout } = spawnSync(process.execPath, ['bin/leadline.js', 'diagnose', ...archives, '--lang', 'en'], { encoding: 'utf8' });
  const [whole = ''] = stdout.split(/\n\n(?=could not be judged|checks without)/);
  const lines = whole
    .trimEnd()
    .split('\n')
    .map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line));
  return readme.replace(BLOCK, () => `<!-- story -->\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n<!-- /story -->`);
}

if (import.meta.main) {
  const before = readFileSync('README.md', 'utf8');
  const after = renewed(before);
  if (!process.argv.includes('--check')) writeFileSync('README.md', after);
  else if (before !== after) {
    console.error('README.md does not show what is printed: run npm run docs:readme');
    process.exitCode = 1;
  }
}
