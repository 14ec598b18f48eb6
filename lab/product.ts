import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { captureObjects, type Leadline } from './api/capture.ts';
import { byCommand, CAPTURE_LIMIT_MS, type CaptureOne, NODE_FOLDER, type OnNodes } from './capturing.ts';
import type { LabNode } from './vocabulary.ts';
import { type Resident, startResident } from './resident.ts';
import { sideBySide } from './side-by-side.ts';
import { labEnvironment, type Ran, run } from './world/command.ts';
import { machineEnvironment } from './world/machine.ts';
import { locate, nsenterArgs } from './world/place.ts';
import type { World } from './world/world.ts';

/** The product as its users start it; another build of it can be named. The lab knows it by its command line only. */
export const cliPath = (): string => process.env['LEADLINE_CLI'] ?? fileURLToPath(new URL('../bin/leadline.js', import.meta.url));

export const hasProduct = (): boolean => existsSync(cliPath());

/** One run of `leadline` outside all nodes, where an archive is judged. */
export const leadline = (args: readonly string[], timeoutMs = 60_000): Promise<Ran> =>
  run(process.execPath, ['--no-warnings', cliPath(), ...args], { timeoutMs, env: labEnvironment() });

/** One run of `leadline` on a node. */
export const leadlineOn = (world: World, node: LabNode, args: readonly string[], timeoutMs = CAPTURE_LIMIT_MS): Promise<Ran> =>
  world.exec({ node: node.name }, process.execPath, ['--no-warnings', cliPath(), ...args], timeoutMs);

/** A process for each command line, as a user types it. */
const startedEachTime =
  (world: World): OnNodes =>
  (node, args) =>
    leadlineOn(world, node, args);

const batch = (cli: string): readonly string[] => ['--no-warnings', cli, 'batch'];

/** The product outside all nodes, started once. */
export const residentOutside = (cli = cliPath()): Resident => startResident(process.execPath, batch(cli), labEnvironment());

/** The product on a node, started once. */
export const residentOn = ({ cluster, holders }: World, { name }: LabNode): Resident =>
  startResident(
    'nsenter',
    [...nsenterArgs(locate({ node: name }, cluster, holders)), process.execPath, ...batch(cliPath())],
    machineEnvironment(),
  );

/** Captures every node that is not dead, each from within, and the API's objects where they are wanted; the answer is the archives' paths. */
export async function captureAll(
  world: World,
  folder: string,
  options: readonly string[] = [],
  dead: readonly string[] = [],
  capture: CaptureOne = byCommand(startedEachTime(world)),
  outside: Leadline = leadline,
): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  const alive = world.cluster.nodes.filter(({ name }) => !dead.includes(name));
  // a capture waits between its looks: twice as many as cores keep the cores busy
  const nodes = await sideBySide(alive, 2 * availableParallelism(), (node) => capture(world, node, `${folder}/${node.name}`, options));
  return world.cluster.api ? [...nodes, await captureObjects(folder, outside)] : nodes;
}

/** What the product said on one node when it was told to mend. */
export type Mended = { readonly node: string; readonly code: number; readonly text: string };

/** Which plan is performed where. */
type Planned = { readonly fixedOn: readonly string[]; readonly fault: string; readonly subject: string };

/** A journal that stays after the plan has helped, so that it can be taken back. */
const JOURNAL = `${NODE_FOLDER}/journal.json`;

/** Performs the plan of one finding on the nodes that it names, one after the other, from the archives that were judged. */
export async function mendOn(
  world: World,
  { fixedOn, fault, subject }: Planned,
  archives: readonly string[],
  keepJournal = false,
  on: OnNodes = startedEachTime(world),
): Promise<readonly Mended[]> {
  const done: Mended[] = [];
  for (const node of world.cluster.nodes.filter(({ name }) => fixedOn.includes(name))) {
    const root = `/proc/${world.holders.nodes.get(node.name)}/root`;
    mkdirSync(`${root}${NODE_FOLDER}`, { recursive: true });
    rmSync(`${root}${JOURNAL}`, { force: true });
    const copies = archives.map((path) => `${NODE_FOLDER}/judged-${basename(path)}`);
    archives.forEach((path, at) => {
      copyFileSync(path, `${root}${copies[at]}`);
    });
    const keep = keepJournal ? ['--journal', JOURNAL, '--keep-journal'] : [];
    const args = ['fix', ...copies, '--fault', fault, '--subject', subject, '--apply', '--yes', ...keep];
    done.push(said(node, await on(node, args)));
  }
  return done;
}

/** Takes back a plan whose journals were kept, the last node first. */
export async function undoOn(world: World, { fixedOn }: Planned, on: OnNodes = startedEachTime(world)): Promise<readonly Mended[]> {
  const done: Mended[] = [];
  for (const node of world.cluster.nodes.filter(({ name }) => fixedOn.includes(name)).toReversed())
    done.push(said(node, await on(node, ['fix', '--undo', '--journal', JOURNAL])));
  return done;
}

const said = ({ name }: LabNode, { code, stdout, stderr }: Ran): Mended => ({ node: name, code, text: `${stdout}${stderr}`.trim() });
