import { run } from '../world/command.ts';

/** Between two beats; a beat is a change of a device that changes nothing, so that it needs what the labs need of the kernel. */
const BEAT_MS = 1000;
/** What is judged after the machine stood still for so long is no verdict. */
const STILL_MS = 5000;

/** How long the longest beat took since it was asked last. */
export type Heartbeat = { readonly stoodStill: () => number };

/** Notices when the machine stands still: the kernel's workers, or the processor itself. */
export function startHeartbeat(): Heartbeat {
  let began = performance.now();
  let longest = 0;
  const late = (): number => performance.now() - began - BEAT_MS;
  const beat = async (): Promise<void> => {
    began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, BEAT_MS).unref());
    await run('ip', ['link', 'set', 'lo', 'up']);
    longest = Math.max(longest, late());
    void beat();
  };
  void beat();
  return {
    stoodStill: () => {
      const most = Math.max(longest, late());
      longest = 0;
      return most < STILL_MS ? 0 : most;
    },
  };
}
