import type { Stack } from '#dataplane/stack';
import { placeText, type Run } from './run.ts';
import { setting, settingGap } from './setting.ts';

/** Whether a setting of the namespace is on. A kernel whose settings were all read and that has none like it does not do it; where it was not read both are walked. */
export function isOn(run: Run, stack: Stack, name: string, why: string): boolean {
  const seen = setting(stack, name);
  if (seen !== undefined) return seen.value !== 0;
  if (stack.sysctls.is === 'seen' && stack.sysctls.complete) return false;
  const gap = settingGap(stack, null, name, why);
  const options = [
    { name: '1', probability: null },
    { name: '0', probability: null },
  ];
  return (
    run.pick({ at: `${placeText(stack)} ${name}`, of: 'setting not seen', scope: 'connection', options, because: { gap, by: [] } }) === 0
  );
}
