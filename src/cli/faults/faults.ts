import type { Fault } from '#engine/fault';
import { faults } from '#faults/faults';
import { choiceOption, defineCommand, EXIT } from '../command.ts';

/** The faults that this Leadline knows. */
export const known: readonly Fault[] = faults as readonly unknown[] as readonly Fault[];

export default defineCommand({
  name: 'faults',
  summary: 'lists every fault that Leadline can find',
  configure: (command) => void command.option('-o, --output <format>', 'text or json', 'text'),
  act: async ({ options }, world) => {
    const rows = known.map(({ id, area, severity, lookAlikes, needs }) => ({ id, area, severity, lookAlikes, needs }));
    if (choiceOption(options, 'output', ['text', 'json']) === 'json') world.print(JSON.stringify(rows, null, 2));
    else
      for (const { id, area, lookAlikes } of rows)
        world.print(`${id.padEnd(32)} ${area.padEnd(14)} not to be confused with: ${lookAlikes.join(', ') || '–'}`);
    return EXIT.fine;
  },
});
