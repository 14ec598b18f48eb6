import { join } from 'node:path';
import { openCaptures, readRecording } from './recording.ts';
import type { Stage } from './stage.ts';

/** A story told again from what was recorded: packets and mend as they were, captures judged anew. */
export function replayStage(fault: string): Stage {
  const { subject, measured, mend, archives } = readRecording(fault);
  const folder = openCaptures(fault);
  return {
    subject,
    measure: async (phase) => measured[phase],
    capture: async (phase) => archives[phase].map((name) => join(folder, name)),
    judged: () => {},
    break: async () => {},
    mend: async () => mend,
    heal: async () => mend,
    close: async () => {},
  };
}
