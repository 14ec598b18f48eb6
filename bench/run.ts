/**
 * `npm run bench [-- --only parsers,rules,traces,lab,large,texts,capture] [--nodes N --pods N]`: prints each figure beside a baseline of
 * the same run. Medians; nothing is asserted: what counts is how the ratios move.
 */
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

const only = values.only?.split(',');
console.log(`${'figure'.padEnd(44)} ${'own'.padStart(14)} ${'baseline'.padStart(14)} ${'ratio'.padStart(9)}`);
for (const [name, measure] of Object.entries(parts)) {
  if (only !== undefined && !only.includes(name)) continue;
  const figures = await measure();
  console.log(typeof figures === 'string' ? figures : figures.map(lineOf).join('\n'));
}
