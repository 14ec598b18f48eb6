import { cpSync, rmSync } from 'node:fs';
import { drawCluster } from '../draw/cluster.ts';
import { runLines, settle } from '../play/lines.ts';
import { complaints } from '../play/sightings.ts';
import { captureAll, leadline } from '../product.ts';
import { type Diagnosis, readDiagnosis } from '../story/verdict.ts';
import type { Expectation, Line, Scenario } from '../vocabulary.ts';
import { buildWorld } from '../world/build.ts';
import { measureIn } from '../world/measure.ts';
import { iptablesBackends } from '../world/tools.ts';
import type { World } from '../world/world.ts';

/** Looks close together: the gauntlet does not wait for slow counters. */
const CAPTURE_OPTIONS = ['--looks', '2', '--every', '0.3'];
const FOLDER = '/run/lab/gauntlet';

/** Names a folder of the caller's where every capture is left, for whoever looks into a failed case. */
export const KEEP_VARIABLE = 'LEADLINE_LAB_CAPTURES';

/** Draws and builds the cluster of a job, for all of its scenarios. */
export async function worldFor(seed: string, scenarios: readonly Scenario[], maxNodes?: number): Promise<World> {
  const minNodes = Math.max(3, ...scenarios.map(({ needs }) => needs?.minNodes ?? 3));
  const iptables = scenarios.map(({ needs }) => needs?.iptables).find((one) => one !== undefined);
  const api = scenarios.some(({ needs }) => needs?.api === true);
  const wanted = { minNodes, api, ...(maxNodes === undefined ? {} : { maxNodes }), ...(iptables === undefined ? {} : { iptables }) };
  return buildWorld(drawCluster(seed, { ...wanted, backends: iptablesBackends() }));
}

/** Breaks or makes something, and gives it time. */
export async function change(world: World, lines: readonly Line[], seconds?: number): Promise<void> {
  await runLines(world, lines);
  await settle(seconds);
}

export type Seen = { readonly archives: readonly string[]; readonly diagnosis: Diagnosis; readonly wrong: readonly string[] };

/** Sends the probes while every node that is not dead is captured, and has the captures judged. */
export async function observe(
  world: World,
  probes: readonly Expectation[],
  phase: 'healthy' | 'broken',
  name: string,
  dead: readonly string[] = [],
): Promise<Seen> {
  const [sightings, archives] = await Promise.all([measureIn(world, probes), captured(world, name, dead)]);
  return { archives, diagnosis: await diagnose(archives), wrong: complaints(probes, sightings, phase) };
}

/** The captures of every node that is not dead, taken now. */
export async function captured(world: World, name: string, dead: readonly string[] = []): Promise<readonly string[]> {
  const folder = `${FOLDER}/${name}`;
  rmSync(folder, { recursive: true, force: true });
  const archives = await captureAll(world, folder, CAPTURE_OPTIONS, dead);
  const keep = process.env[KEEP_VARIABLE];
  if (keep !== undefined) cpSync(folder, `${keep}/${name}`, { recursive: true });
  return archives;
}

/** Probes alone. */
export async function probe(world: World, probes: readonly Expectation[], phase: 'healthy' | 'broken'): Promise<readonly string[]> {
  return complaints(probes, await measureIn(world, probes), phase);
}

/** Runs the product over archives; a tool that fails is an error, whatever it was given. */
export async function diagnose(archives: readonly string[]): Promise<Diagnosis> {
  const { code, stdout, stderr } = await leadline(['diagnose', ...archives, '-o', 'json']);
  if (code !== 0 && code !== 3) throw new Error(`leadline diagnose ended with ${code}: ${(stderr || stdout).trim().slice(-600)}`);
  return readDiagnosis(stdout);
}
