import { UNMODELLED } from '#sim/packet/unmodelled';
import { choiceOption, defineCommand, EXIT, flagOption, UsageError } from '../command.ts';
import { known } from '../faults/faults.ts';
import { pageOf } from '../pages.ts';
import type { World } from '../world.ts';

export default defineCommand({
  name: 'explain',
  summary: "shows a fault's page: what you see, why, how it is found, what is not seen",
  configure: (command) =>
    void command
      .argument('[fault]', 'its id, as `leadline faults` lists it')
      .option('--unmodelled', 'what rules may hold that the packet walk does not follow, with the reason that it gives, instead')
      .option('-o, --output <format>', 'of --unmodelled: text or json', 'text'),
  act: async ({ args, options }, world) => {
    if (flagOption(options, 'unmodelled')) return printUnmodelled(choiceOption(options, 'output', ['text', 'json']), world);
    const [id] = args;
    if (id === undefined) throw new UsageError('which fault? `leadline faults` lists them');
    if (!known.some((fault) => fault.id === id)) {
      const near = nearTo(id);
      throw new UsageError(
        `no fault is called ${JSON.stringify(id)}${near.length > 0 ? `; did you mean ${near.join(', ')}?` : '; `leadline faults` lists them'}`,
      );
    }
    world.print(await pageOf(id, world));
    return EXIT.fine;
  },
});

const MOST_NEAR = 5;

/** Faults whose ids hold the text or words of it; those that hold most of it first. */
function nearTo(id: string): readonly string[] {
  const words = id.split('-').filter((word) => word.length > 3);
  return known
    .map((fault) => ({
      id: fault.id,
      held: fault.id.includes(id) ? words.length + 1 : words.filter((word) => fault.id.includes(word)).length,
    }))
    .filter(({ held }) => held > 0)
    .sort((one, other) => other.held - one.held)
    .slice(0, MOST_NEAR)
    .map((one) => one.id);
}

function printUnmodelled(format: 'text' | 'json', world: World): number {
  if (format === 'json') world.print(JSON.stringify(UNMODELLED, null, 2));
  else for (const { construct, reason } of UNMODELLED) world.print(`${construct.padEnd(24)} ${reason}`);
  return EXIT.fine;
}
