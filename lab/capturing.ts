import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LabNode } from './vocabulary.ts';
import { must, type Ran } from './world/command.ts';
import { machineEnvironment } from './world/machine.ts';
import { locate, nsenterArgs } from './world/place.ts';
import type { World } from './world/world.ts';

/** The product on the nodes of one world, however it is started there. */
export type OnNodes = (node: LabNode, args: readonly string[]) => Promise<Ran>;

/** Captures one node from within, into an archive outside; the path is given without its ending, and answered with it. */
export type CaptureOne = (world: World, node: LabNode, path: string, options: readonly string[]) => Promise<string>;

/** Inside a node's own /run, which goes with the node. */
export const NODE_FOLDER = '/run/lab/out';
export const CAPTURE_LIMIT_MS = 60_000;

/** As it is done where there is Node: `leadline capture`. */
export const byCommand =
  (on: OnNodes): CaptureOne =>
  async (world, node, path, options) => {
    const out = `${path}.tar.gz`;
    const inside = `${NODE_FOLDER}/${node.name}.tar.gz`;
    const root = `/proc/${world.holders.nodes.get(node.name)}/root`;
    mkdirSync(`${root}${dirname(inside)}`, { recursive: true });
    fine(await on(node, ['capture', '--out', inside, ...options]), `leadline capture on ${node.name}`);
    copyFileSync(`${root}${inside}`, out);
    return out;
  };

/** The script is the same for every node. */
let printed: Promise<string> | undefined;

/** As it is done where there is none: what `leadline capture --script` prints is run by sh, and its file made into an archive elsewhere. */
export const byScript =
  (product: (args: readonly string[]) => Promise<Ran>): CaptureOne =>
  async (world, node, path, options) => {
    // packing costs more than all that is done with what lies here for seconds
    const out = `${path}.tar`;
    const script = await (printed ??= product(['capture', '--script']).then((ran) => fine(ran, 'leadline capture --script')));
    const within = nsenterArgs(locate({ node: node.name }, world.cluster, world.holders));
    const file = `${path}.capture`;
    const asked = { input: script, env: machineEnvironment(), timeoutMs: CAPTURE_LIMIT_MS };
    writeFileSync(file, await must('nsenter', [...within, 'sh', '-s', '--', '--node', node.name, '--out', '-', ...options], asked));
    fine(await product(['merge', file, '--out', out]), `leadline merge of ${node.name}`);
    return out;
  };

function fine({ code, stdout, stderr }: Ran, what: string): string {
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${(stderr || stdout).trim().slice(-800)}`);
  return stdout;
}
