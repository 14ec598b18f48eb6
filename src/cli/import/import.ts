import { BrokenArchive, bytesOf, snapshotOf } from '#collect/archive/archive';
import { writeArchive } from '#collect/archive/write-archive';
import { gather } from '#collect/import/gather';
import { type Imported, importPiles } from '#collect/import/import';
import { formats } from '#parsers/formats';
import { readFacts } from '#parsers/read';
import { amount } from '#report/amount';
import { scopeText } from '#snapshot/scope';
import { defineCommand, EXIT, textOption, type Typed, UserError } from '../command.ts';
import { OUT_TAKES, outOption } from '../out-option.ts';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';

export default defineCommand({
  name: 'import',
  summary: 'makes a snapshot of folders and files of command outputs, recognised by their content',
  configure: (command) =>
    command
      .argument('<path...>', 'files, folders (sub-folders are hosts, or the namespaces of one host) or tars of them')
      .requiredOption('--out <file>', OUT_TAKES)
      .option('--node <name>', 'the host of files that do not say it themselves'),
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
  const lines = takenLines(imported);
  for (const line of lines) world.print(line);
  const strange = lines.filter((line) => line.endsWith(NOT_RECOGNISED)).length;
  world.print(`wrote ${out}: ${amount(entries.length, 'reading')}${strange === 0 ? '' : `, ${strange} of them not recognised`}`);
}

const NOT_RECOGNISED = 'not recognised: kept, not read';

/** Why nothing was read out of a text. */
const unreadBecause = (text: string): string =>
  text.trim() === ''
    ? 'empty'
    : text.startsWith('leadline-capture ')
      ? "a whole capture of Leadline's own script: kept, not read; give it as it is to leadline diagnose, or to leadline merge"
      : NOT_RECOGNISED;

/** What each file was taken for, what could not be placed, and which lines were not understood. */
function takenLines({ archive, joined, ignored }: Imported): readonly string[] {
  const { formats: taken, problems } = readFacts(snapshotOf(archive));
  const scopes = new Map(
    archive.index.entries.map(({ file, scope }) => [
      file,
      scope.node === '' && scope.netns !== '' ? `unplaced ${scope.netns}` : scopeText(scope),
    ]),
  );
  const is = new Map<string, string>(formats.map((format) => [format.id, format.is]));
  const entries = new Map(archive.index.entries.map((entry) => [entry.file, entry]));
  const textOf = (file: string): string => {
    const entry = entries.get(file);
    return entry === undefined ? '' : bytesOf(archive, entry).toString('utf8');
  };
  const lines = taken.map(({ file, format }) => {
    const unclear = problems.filter((problem) => problem.file === file).length;
    const what =
      format === null
        ? unreadBecause(textOf(file))
        : `${is.get(format) ?? format}${unclear === 0 ? '' : `; ${amount(unclear, 'line')} not understood`}`;
    return `${scopes.get(file) ?? ''}  ${file}: ${what}`;
  });
  const placed = joined.map(({ name, node, why }) =>
    node === undefined ? `${name} looks like a pod's namespace and is unplaced: ${why}` : `${name} is a namespace on ${node}: ${why}`,
  );
  return [...lines, ...ignored.map(({ file, why }) => `${file}: ${why}: left out`), ...placed];
}
