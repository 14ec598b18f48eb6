import { cpSync, rmSync } from 'node:fs';
import { drawCluster, drawnAnew } from '../draw/cluster.ts';
import { runLines, settle } from '../play/lines.ts';
import { complaints } from '../play/sightings.ts';
import { byScript, type OnNodes } from '../capturing.ts';
import { captureAll } from '../product.ts';
import { type Diagnosis, readDiagnosis } from '../story/verdict.ts';
import type { Expectation, Line, Scenario } from '../vocabulary.ts';
import { buildWorld } from '../world/build.ts';
import { measureIn } from '../world/measure.ts';
import { iptablesBackends } from '../world/tools.ts';
import type { World } from '../world/world.ts';
import { productOn } from '../resident-product.ts';
import { product, shared } from './asking.ts';

/** Looks close together: the gauntlet does not wait for slow counters. */
const TWO_LOOKS = ['--looks', '2', '--every', '0.3'];
/** Enough where only what does not change by itself is compared. */
const ONE_LOOK = ['--looks', '1'];

/** Names a folder of the caller's where every capture is left, by the seed of its job, for whoever looks into a failed case. */
export const KEEP_VARIABLE = 'LEADLINE_LAB_CAPTURES';

/** A world, the product on its nodes, and the seed of the job that is played in it. */
export type Bench = World & { readonly on: OnNodes; readonly seed: string };

/** What of a job draws its cluster. */
export type Drawn = { readonly seed: string; readonly cluster?: string; readonly maxNodes?: number };

/** A cluster that stands, for another play. */
export const anew = (bench: Bench, seed: string): Bench => ({ ...bench, seed, cluster: drawnAnew(bench.cluster, seed) });

/** Draws and builds the cluster of a job, for all of its scenarios. */
export async function benchFor({ seed, cluster, maxNodes }: Drawn, scenarios: readonly Scenario[]): Promise<Bench> {
  const minNodes = Math.max(3, ...scenarios.map(({ needs }) => needs?.minNodes ?? 3));
  const iptables = scenarios.map(({ needs }) => needs?.iptables).find((one) => one !== undefined);
  const api = scenarios.some(({ needs }) => needs?.api === true);
  const wanted = { minNodes, api, ...(maxNodes === undefined ? {} : { maxNodes }), ...(iptables === undefined ? {} : { iptables }) };
  const world = await buildWorld(drawCluster(cluster ?? seed, { ...wanted, backends: iptablesBackends() }));
  const bench = { ...world, seed, on: productOn(world) };
  return cluster === undefined ? bench : anew(bench, seed);
}

/** Breaks or makes something, and gives it time. */
export async function change(world: World, lines: readonly Line[], seconds?: number): Promise<void> {
  await runLines(world, lines);
  await settle(world, seconds);
}

export type Seen = { readonly archives: readonly string[]; readonly diagnosis: Diagnosis; readonly wrong: readonly string[] };

/** Sends the probes while every node that is not dead is captured, and has the captures judged. */
export async function observe(
  bench: Bench,
  probes: readonly Expectation[],
  phase: 'healthy' | 'broken',
  name: string,
  dead: readonly string[] = [],
): Promise<Seen> {
  const [sightings, archives] = await Promise.all([measureIn(bench, probes), captured(bench, name, dead)]);
  return { archives, diagnosis: await diagnose(archives), wrong: complaints(probes, sightings, phase) };
}

/** The captures of every node that is not dead, taken now. */
export async function captured(
  bench: Bench,
  name: string,
  dead: readonly string[] = [],
  looks: readonly string[] = TWO_LOOKS,
): Promise<readonly string[]> {
  const folder = shared(name);
  rmSync(folder, { recursive: true, force: true });
  const archives = await captureAll(bench, folder, looks, dead, byScript(product), product);
  const keep = process.env[KEEP_VARIABLE];
  if (keep !== undefined) cpSync(folder, `${keep}/${bench.seed}/${name}`, { recursive: true });
  return archives;
}

/** The captures of every node that is not dead, in one look: for facts that do not change by themselves. */
export const capturedOnce = (bench: Bench, name: string, dead: readonly string[] = []): Promise<readonly string[]> =>
  captured(bench, name, dead, ONE_LOOK);

/** Probes alone. */
export async function probe(world: World, probes: readonly Expectation[], phase: 'healthy' | 'broken'): Promise<readonly string[]> {
  return complaints(probes, await measureIn(world, probes), phase);
}

/** Runs the product over archives; a tool that fails is an error, whatever it was given. */
export async function diagnose(archives: readonly string[], by = product): Promise<Diagnosis> {
  const { code, stdout, stderr } = await by(['diagnose', ...archives, '-o', 'json']);
  if (code !== 0 && code !== 3) throw new Error(`leadline diagnose ended with ${code}: ${(stderr || stdout).trim().slice(-600)}`);
  return readDiagnosis(stdout);
}
