import type { Line, Place } from '../vocabulary.ts';
import { run } from '../world/command.ts';
import type { World } from '../world/world.ts';
import { followed } from './followed.ts';

/** Longer than any line of a scenario may take. */
const LINE_LIMIT_MS = 60_000;

/** A place in words: `node D`, `pod default/web-d`, `switch`. */
export const placeText = (place: Place): string =>
  typeof place === 'string' ? place : 'node' in place ? `node ${place.node}` : `pod ${place.pod}`;

const changesObjects = ({ run: text }: Line): boolean => text.includes('kubectl ');

/** Runs lines one after the other; the first that fails is an error that names it. */
export async function runLines(world: World, lines: readonly Line[]): Promise<void> {
  for (const line of lines) {
    const { code, stdout, stderr } = await world.run(line, LINE_LIMIT_MS);
    if (code !== 0) throw new Error(`on ${placeText(line.at)}: ${line.run}\n  ended with ${code}: ${(stderr || stdout).trim()}`);
    if (changesObjects(line)) await followed(world);
  }
}

/** Runs lines and ignores what fails: a healed thing need not be healed again. */
export async function tryLines(world: World, lines: readonly Line[]): Promise<void> {
  for (const line of lines) {
    await world.run(line, LINE_LIMIT_MS);
    if (changesObjects(line)) await followed(world);
  }
}

/** flanneld reacts to etcd within milliseconds; this is ample. */
const REACTION_MS = 300;
/** A daemon's reaction starts about ten programs one after the other; twice that on a machine which is busy with other things. */
const PROGRAMS = 20;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until what a line did has reached the kernel; on a busy machine longer, as a program that does nothing shows. */
export async function settle(world: World, seconds = 0): Promise<void> {
  await followed(world);
  await pause(REACTION_MS + seconds * 1000);
  const before = performance.now();
  await run('true', []);
  await pause(PROGRAMS * (performance.now() - before));
}
