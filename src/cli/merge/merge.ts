import { BrokenArchive } from '#collect/archive/archive';
import { readArchive } from '#collect/archive/read-archive';
import { writeArchive } from '#collect/archive/write-archive';
import { mergeArchives, type Named } from '#collect/merge/merge';
import { amount } from '#report/amount';
import { defineCommand, EXIT, type Typed, UserError } from '../command.ts';
import { OUT_TAKES, outOption } from '../out-option.ts';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';

export default defineCommand({
  name: 'merge',
  summary: 'joins the captures of several nodes into one snapshot',
  configure: (command) =>
    command.argument('<file...>', 'archives, folders or outputs of the capture script').requiredOption('--out <file>', OUT_TAKES),
  act: async (typed, world) => {
    try {
      await merge(typed, world);
      return EXIT.fine;
    } catch (error) {
      throw error instanceof BrokenArchive ? new UserError(error.message) : error;
    }
  },
});

async function merge({ args, options }: Typed, world: World): Promise<void> {
  const out = outOption(options);
  const all: Named[] = [];
  for (const name of args) all.push({ name, archive: await readArchive(name, world.files) });
  const { archive, notes } = mergeArchives(all, VERSION);
  await writeArchive(archive, out, world.files);
  for (const note of notes) world.note(`leadline: ${note}`);
  const { clocks, entries, gaps } = archive.index;
  const nodes = new Set(entries.map(({ scope }) => scope.node).filter((node) => node !== ''));
  world.print(
    `wrote ${out}: ${amount(nodes.size, 'node')}, ${amount(clocks.length, 'look')}, ${amount(entries.length, 'reading')}, ${amount(gaps.length, 'gap')}`,
  );
}
