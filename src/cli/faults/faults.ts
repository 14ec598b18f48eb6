import type { Fault } from '#engine/fault';
import { faults } from '#faults/faults';
import { indented } from '#report/fold';
import { choiceOption, defineCommand, EXIT } from '../command.ts';
import { languageOf } from '../language.ts';

/** As wide as the narrowest terminal. */
const COLUMNS = 80;
const NOT = { en: 'not to be confused with: ', zh: '勿混淆：' } as const;

/** The faults that this Leadline knows. */
export const known: readonly Fault[] = faults as readonly unknown[] as readonly Fault[];

export default defineCommand({
  name: 'faults',
  summary: 'lists every fault that Leadline can find',
  configure: (command) => void command.option('-o, --output <format>', 'text or json', 'text').option('--lang <language>', 'en or zh'),
  act: async ({ options }, world) => {
    const language = languageOf(options, world);
    const rows = known.map(({ id, is, area, severity, lookAlikes, needs }) => ({ id, is, area, severity, lookAlikes, needs }));
    if (choiceOption(options, 'output', ['text', 'json']) === 'json') world.print(JSON.stringify(rows, null, 2));
    else
      for (const { id, is, area, lookAlikes } of rows) {
        world.print(`${id}  (${area})\n${indented(is[language], 3, COLUMNS)}`);
        if (lookAlikes.length > 0) world.print(indented(`${NOT[language]}${lookAlikes.join(', ')}`, 3, COLUMNS));
      }
    return EXIT.fine;
  },
});
