import type { Stack } from '#dataplane/stack';
import { placeText, type Run } from './run.ts';
import { OFF_OR_ON, type Setting, settingGap } from './setting.ts';

/**
 * The value of a setting; where it was not read, each of those that it may have is walked. So it is asked last, when all else says
 * that it can matter.
 */
export function settingValue(run: Run, stack: Stack, asked: Setting, values: readonly number[], why: string): number {
  if (asked.is === 'seen') return asked.value;
  const options = values.map((value) => ({ name: String(value), probability: null }));
  const because = { gap: settingGap(asked, why), by: [] };
  const at = `${placeText(stack)} ${asked.name}`;
  return values[run.pick({ at, of: 'setting not seen', scope: 'connection', options, because })] ?? 0;
}

/** Whether a switch is on; where it was not read, both are walked. */
export const isOn = (run: Run, stack: Stack, asked: Setting, why: string): boolean =>
  settingValue(run, stack, asked, OFF_OR_ON.toReversed(), why) > 0;
