import { defineCommand, EXIT, UsageError } from '../command.ts';
import { known } from '../faults/faults.ts';
import { pageOf } from '../pages.ts';

export default defineCommand({
  name: 'explain',
  summary: "shows a fault's page: what you see, why, how it is found, what is not seen",
  configure: (command) => void command.argument('<fault>', 'its id, as `leadline faults` lists it'),
  act: async ({ args }, world) => {
    const [id = ''] = args;
    if (!known.some((fault) => fault.id === id)) {
      const near = known
        .map((fault) => fault.id)
        .filter((one) => one.includes(id) || id.split('-').some((word) => word.length > 3 && one.includes(word)));
      throw new UsageError(
        `no fault is called ${JSON.stringify(id)}${near.length > 0 ? `; did you mean ${near.slice(0, 5).join(', ')}?` : '; `leadline faults` lists them'}`,
      );
    }
    world.print(await pageOf(id, world));
    return EXIT.fine;
  },
});
