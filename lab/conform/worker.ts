import { createInterface } from 'node:readline';
import { drawScene } from './draw/draw-scene.ts';
import { registry } from './draw/registry.ts';
import type { Scene } from './draw/scene.ts';
import type { Job, Report } from './job.ts';
import { play, type Tools } from './play/play.ts';
import { reportOf } from './score/report-of.ts';
import { Model } from './stage/model.ts';
import { Stages } from './stage/stages.ts';
import { Wire } from './stage/wire.ts';

/** One job after the other in one set of namespaces: a job a line in, a report a line out. The argument is the sender. */
const all = await registry();
const stages = new Stages();
const start = (): Tools => ({
  wire: new Wire(process.argv[2] ?? ''),
  model: new Model(),
  stages,
  folder: '/run/conform',
  decided: new Map(),
});
let tools = start();

const sceneOf = (one: Job['scenes'][number]): Scene =>
  'kept' in one ? one.scene : drawScene(all, one.area, one.seed, one.packets, one.changes);

async function report(job: Job): Promise<Report> {
  try {
    const { played, ms } = await play(tools, job.scenes.map(sceneOf), job.removals);
    const scenes = played.map((one, at) => {
      const source = job.scenes[at];
      return { ...reportOf(one), ...(source !== undefined && 'kept' in source ? { kept: source.kept } : {}) };
    });
    return { job, scenes, ms };
  } catch (error) {
    tools.wire.close();
    tools.model.close();
    await stages.fall();
    tools = start();
    return { job, scenes: [], error: error instanceof Error ? (error.stack ?? error.message) : String(error), ms: {} };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const job: Job = JSON.parse(line); // from the command itself
  process.stdout.write(`${JSON.stringify(await report(job))}\n`);
}
process.exit(0);
