import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tally } from '../conform/play/tally.ts';
import type { Toolbox } from '../conform/serve.ts';
import { Model } from '../conform/stage/model.ts';
import { Stages } from '../conform/stage/stages.ts';
import { Wire } from '../conform/stage/wire.ts';
import { guestCapturer } from './capturer.ts';
import type { Ready } from './guest.ts';
import { Machine } from './machine.ts';

/** Work that a guest puts off comes late on a busy machine. */
const QUIET_MS = 80;

/** The tools of a play whose kernel is a guest's; the model stays here. */
export async function guestTools(guest: Ready): Promise<Toolbox> {
  const machine = await Machine.start(guest);
  const folder = mkdtempSync(join(tmpdir(), 'leadline-vm-captures-'));
  const model = new Model(await guestCapturer(machine));
  return {
    wire: new Wire(machine, QUIET_MS),
    model,
    stages: new Stages(machine.run),
    folder,
    decided: new Tally(),
    close: async () => {
      model.close();
      machine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
