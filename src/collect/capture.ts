import type { World } from '#world/world';
import { type Archive, BrokenArchive } from './archive/archive.ts';
import { captureScript } from './script/script.ts';
import { readStream } from './stream/read-stream.ts';

/** How a node is captured. */
export type CaptureOptions = {
  /** The name that the snapshot gives to the node; the machine's own name where it is not said. */
  readonly node?: string;
  readonly looks: number;
  readonly everySeconds: number;
  /** The number of the first look; beyond 1 it reads counters and sockets only, unless `full`. */
  readonly first?: number;
  readonly full?: boolean;
};

/** One look's generous limit: every command in it has a limit of its own. */
const LOOK_LIMIT_MS = 180_000;

/** Captures the node that this process runs on: the script that `--script` prints, run by `sh`, its stream read. */
export async function captureNode(options: CaptureOptions, version: string, world: World): Promise<Archive> {
  const { node, looks, everySeconds, first = 1, full = false } = options;
  const argv = ['sh', '-s', '--', '--out', '-', '--looks', String(looks), '--every', String(everySeconds), '--first', String(first)];
  const finished = await world.run([...argv, ...(full ? ['--full'] : []), ...(node === undefined ? [] : ['--node', node])], {
    stdin: captureScript(version),
    timeoutMs: looks * (LOOK_LIMIT_MS + everySeconds * 1000),
    maxBytes: 1024 * 1024 * 1024,
  });
  if (finished.stdout.length === 0)
    throw new BrokenArchive(`nothing could be captured: ${finished.stderr.trim() || `sh ended with ${finished.code}`}`);
  return readStream(finished.stdout);
}
