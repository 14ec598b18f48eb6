/**
 * `npm run bench [-- --only parsers,rules,traces,lab,large,texts,capture] [--nodes N --pods N]`: prints each figure beside a baseline of
 * the same run, and the most memory that each part took in a process of its own. Medians; nothing is asserted: what counts is how
 * the ratios move.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { captureFigures } from './captures.ts';
import { largeFigures, recordedFigures } from './diagnoses.ts';
import { type Figure, lineOf } from './measure.ts';
import { longRules, parserFigures } from './parsers.ts';
import { textFigures } from './texts.ts';
import { traceFigures } from './traces.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, nodes: { type: 'string', default: '200' }, pods: { type: 'string', default: '30' } },
});

const parts: Readonly<Record<string, () => Promise<readonly Figure[] | string>>> = {
  parsers: async () => parserFigures(),
  rules: async () => longRules(),
  traces: async () => traceFigures(),
  lab: recordedFigures,
  large: async () => largeFigures(Number(values.nodes), Number(values.pods)),
  texts: async () => textFigures(Number(values.nodes), Number(values.pods)),
  capture: captureFigures,
};

const asked = values.only?.split(',') ?? Object.keys(parts);
const [own] = asked;
if (asked.length === 1 && own !== undefined) await measurePart(own);
else {
  console.log(`${'figure'.padEnd(44)} ${'own'.padStart(14)} ${'baseline'.padStart(14)} ${'ratio'.padStart(9)}`);
  for (const name of asked) measureApart(name);
}

async function measurePart(name: string): Promise<void> {
  const measure = parts[name];
  if (measure === undefined) throw new Error(`no part is called ${name}; there are ${Object.keys(parts).join(', ')}`);
  const figures = await measure();
  console.log(typeof figures === 'string' ? figures : figures.map(lineOf).join('\n'));
  const peak: Figure = { of: `${name}: the most memory`, value: process.resourceUsage().maxRSS / 1024, unit: 'MiB' };
  console.log(lineOf(peak));
}

/** Measures a part in a process of its own: what another one left in memory is not in its figures. */
function measureApart(name: string): void {
  const { nodes, pods } = values;
  const args = [...process.execArgv, import.meta.filename, '--only', name, '--nodes', nodes, '--pods', pods];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
