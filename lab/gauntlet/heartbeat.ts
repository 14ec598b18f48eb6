import { run } from '../world/command.ts';

/** Between two beats, and how late one must be for the machine to have stood still: what is judged meanwhile is no verdict. */
const USUAL = { betweenMs: 2000, lateMs: 5000 };

/** How late the latest beat was since it was asked last; 0 when the machine never stood still. */
export type Heartbeat = { readonly stoodStill: () => number };

/** A change of a device that changes nothing: it needs of the kernel what the labs need. */
const changeNothing = (): Promise<unknown> => run('ip', ['link', 'set', 'lo', 'up']);

/** Notices when the machine stands still, be it the processor or the kernel's workers. */
export function startHeartbeat(beat: () => Promise<unknown> = changeNothing, { betweenMs, lateMs } = USUAL): Heartbeat {
  let began = performance.now();
  let latest = 0;
  const late = (): number => performance.now() - began - betweenMs;
  const go = async (): Promise<void> => {
    began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, betweenMs).unref());
    await beat();
    latest = Math.max(latest, late());
    void go();
  };
  void go();
  return {
    stoodStill: () => {
      const most = Math.max(latest, late());
      latest = 0;
      return most < lateMs ? 0 : most;
    },
  };
}
