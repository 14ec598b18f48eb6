import { existsSync } from 'node:fs';
import type { Scenario } from '../vocabulary.ts';

/** Whether a scenario needs a module that this kernel has not loaded, and so is played in a guest (`lab/vm/scenario.test.ts`). */
export const lacksKernel = ({ needs }: Scenario): boolean => needs?.kernel !== undefined && !existsSync(`/sys/module/${needs.kernel}`);
