import type { Stack } from '#dataplane/stack';
import { type End, end } from './next.ts';
import { placeText, type Run } from './run.ts';
import { OFF_OR_ON, type Setting, settingGap } from './setting.ts';
import type { Skb } from './skb.ts';

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

/** The end of a packet that a switch loses, where it is on; where it was not read, both are walked. */
export function lostBy(run: Run, skb: Skb, asked: Setting, code: string, says: string): End | undefined {
  if (!isOn(run, skb.stack, asked, says)) return undefined;
  return end(skb, { disposition: 'dropped', code, says, by: asked.is === 'seen' ? asked.by : [] });
}
