import { Tally } from './play/tally.ts';
import { serve } from './serve.ts';
import { Model } from './stage/model.ts';
import { Stages } from './stage/stages.ts';
import { Wire } from './stage/wire.ts';

/** Plays in one set of namespaces. The argument is the sender. */
const stages = new Stages();

await serve(async () => {
  const [wire, model] = [new Wire(process.argv[2] ?? ''), new Model()];
  const close = async (): Promise<void> => {
    wire.close();
    model.close();
    await stages.fall();
  };
  return { wire, model, stages, folder: '/run/conform', decided: new Tally(), close };
});
process.exit(0);
