import { type Archive, BrokenArchive } from '#collect/archive/archive';
import { writeArchive } from '#collect/archive/write-archive';
import { type CaptureOptions, captureNode } from '#collect/capture';
import { captureScript } from '#collect/script/script';
import { pathPart } from '#collect/stream/entry-name';
import { amount } from '#report/amount';
import { defineCommand, EXIT, flagOption, numberOption, textOption, type Typed, UsageError, UserError } from '../command.ts';
import { asWritten, OUT_TAKES } from '../out-option.ts';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';

export default defineCommand({
  name: 'capture',
  summary: 'reads what the diagnosis needs of this node into one file; changes nothing; needs root',
  configure: (command) =>
    command
      .option('--out <file>', `${OUT_TAKES} (default: a name from node and time)`)
      .option('--node <name>', 'the name of this node in the snapshot (default: the host name)')
      .option('--looks <n>', 'how often counters and sockets are read (default: 2)')
      .option('--every <seconds>', 'time between two looks (default: 2)')
      .option('--loop', 'stay, and capture once for each line of standard input; the line names the file')
      .option('--script', 'print the capture as one POSIX shell file for machines without Node'),
  act: async (typed, world) => {
    const asked = optionsOf(typed);
    if (flagOption(typed.options, 'script')) {
      const untaken = ['looks', 'every', 'node', 'out'].filter((name) => textOption(typed.options, name) !== undefined);
      if (untaken.length > 0)
        throw new UsageError(
          `--script prints a file that takes ${untaken.map((name) => `--${name}`).join(' and ')} where it runs: sh leadline-capture.sh --${untaken[0]} …`,
        );
      world.print(captureScript(VERSION));
      return EXIT.fine;
    }
    if (flagOption(typed.options, 'loop')) return loop(typed, world);
    const out = textOption(typed.options, 'out');
    if (out !== undefined) asWritten(out, '--out');
    const archive = await captured(asked, world);
    await written(archive, out ?? defaultName(archive, world), world, world.print);
    return EXIT.fine;
  },
});

function optionsOf({ options }: Typed): CaptureOptions {
  const looks = numberOption(options, 'looks') ?? 2;
  if (!Number.isInteger(looks) || looks < 1 || looks > 1000)
    throw new UsageError(`--looks takes a whole number from 1 to 1000, not ${looks}`);
  const node = textOption(options, 'node');
  if (node !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(node))
    throw new UsageError(`--node takes a node's name, not ${JSON.stringify(node)}`);
  return { looks, everySeconds: numberOption(options, 'every') ?? 2, ...(node === undefined ? {} : { node }) };
}

async function captured(options: CaptureOptions, world: World): Promise<Archive> {
  if (!world.isRoot) world.note('leadline: not root: much of this node cannot be read, and will be named as gaps');
  try {
    return await captureNode(options, VERSION, world);
  } catch (error) {
    throw error instanceof BrokenArchive ? new UserError(error.message) : error;
  }
}

async function written(archive: Archive, path: string, world: World, say: (text: string) => void): Promise<void> {
  await writeArchive(archive, path, world.files);
  const { entries, gaps, clocks } = archive.index;
  const namespaces = new Set(entries.map(({ scope }) => scope.netns)).size - 1;
  say(
    `wrote ${path}: node ${clocks[0]?.node ?? '?'}, ${amount(namespaces, 'further namespace')}, ${amount(clocks.length, 'look')}, ${amount(entries.length, 'reading')}, ${amount(gaps.length, 'gap')}`,
  );
}

const nodeOf = ({ index }: Archive): string => index.clocks[0]?.node ?? 'node';

const defaultName = (archive: Archive, world: World): string => {
  const time = new Date(world.now()).toISOString().replace(/[-:]|\.\d+Z$/g, '');
  return `leadline-${pathPart(nodeOf(archive))}-${time}.tar.gz`;
};

/** One capture per line of standard input, in one process; an empty line takes the next default name. */
async function loop(typed: Typed, world: World): Promise<number> {
  let number = 0;
  const out = textOption(typed.options, 'out');
  if (out !== undefined) asWritten(out, '--out');
  for await (const line of world.lines()) {
    number += 1;
    asWritten(line.trim(), 'the line');
    const archive = await captured(optionsOf(typed), world);
    const path =
      line.trim() || (out ?? `leadline-${pathPart(nodeOf(archive))}.tar.gz`).replace(/(\.tar\.gz|\.tgz|\.tar)?$/i, `-${number}$1`);
    await written(archive, path, world, world.print);
  }
  return EXIT.fine;
}
