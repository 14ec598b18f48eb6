import { BrokenArchive } from '#collect/archive/archive';
import { writeArchive } from '#collect/archive/write-archive';
import { gather } from '#collect/import/gather';
import { importPiles } from '#collect/import/import';
import { amount } from '#report/amount';
import { defineCommand, EXIT, flagOption, textOption, type Typed, UserError } from '../command.ts';
import { OUT_TAKES, outOption } from '../out-option.ts';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';
import { takenText } from './taken-text.ts';

export default defineCommand({
  name: 'import',
  summary: 'makes a snapshot of folders and files of command outputs, recognised by their content',
  configure: (command) =>
    command
      .argument('<path...>', 'files, folders (sub-folders are hosts, or the namespaces of one host) or tars of them')
      .requiredOption('--out <file>', OUT_TAKES)
      .option('--node <name>', 'the host of files that do not say it themselves')
      .option('--not-understood', 'name every line that was not understood, not only the first ones'),
  act: async (typed, world) => {
    try {
      await bringIn(typed, world);
      return EXIT.fine;
    } catch (error) {
      throw error instanceof BrokenArchive ? new UserError(error.message) : error;
    }
  },
});

async function bringIn({ args, options }: Typed, world: World): Promise<void> {
  const out = outOption(options);
  const piles = [];
  for (const path of args) piles.push(await gather(path, world.files));
  const imported = importPiles(piles, textOption(options, 'node'), VERSION);
  const brought = piles.flatMap(({ files }) => files).length;
  if (brought === 0) throw new UserError(`${args.join(', ')}: no file in it`);
  const { entries } = imported.archive.index;
  if (entries.length === 0) throw new UserError(`${args.join(', ')}: no text that a command printed among ${amount(brought, 'file')}`);
  await writeArchive(imported.archive, out, world.files);
  const { lines, strange } = takenText(imported, flagOption(options, 'notUnderstood'));
  for (const line of lines) world.print(line);
  world.print(`wrote ${out}: ${amount(entries.length, 'reading')}${strange === 0 ? '' : `, ${strange} of them not recognised`}`);
}
