import { createInterface } from 'node:readline';
import { drawScene } from './draw/draw-scene.ts';
import { registry } from './draw/registry.ts';
import type { Scene } from './draw/scene.ts';
import type { Job, Report } from './job.ts';
import { play, type Tools } from './play/play.ts';
import { reportOf } from './score/report-of.ts';

/** Tools that are started once, and again after a play that failed. */
export type Toolbox = Tools & { readonly close: () => Promise<void> };

/** Plays one job after the other: a job a line in, a report a line out. */
export async function serve(start: () => Promise<Toolbox>): Promise<void> {
  const all = await registry();
  let tools: Toolbox | undefined;
  const sceneOf = (one: Job['scenes'][number]): Scene =>
    'kept' in one ? one.scene : drawScene(all, one.area, one.seed, one.packets, one.changes);

  async function report(job: Job): Promise<Report> {
    try {
      tools ??= await start();
      const { played, ms } = await play(tools, job.scenes.map(sceneOf), job.removals);
      const scenes = played.map((one, at) => {
        const source = job.scenes[at];
        return { ...reportOf(one), ...(source !== undefined && 'kept' in source ? { kept: source.kept } : {}) };
      });
      return { job, scenes, ms };
    } catch (error) {
      await tools?.close();
      tools = undefined;
      return { job, scenes: [], error: error instanceof Error ? (error.stack ?? error.message) : String(error), ms: {} };
    }
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const job: Job = JSON.parse(line); // from the command itself
    process.stdout.write(`${JSON.stringify(await report(job))}\n`);
  }
  await tools?.close();
}
