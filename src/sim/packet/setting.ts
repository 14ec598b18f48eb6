import type { FactOf } from '#facts/kinds';
import type { Family } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { memoised } from '#dataplane/memo';
import type { Stack } from '#dataplane/stack';
import { deviceSetting } from '#dataplane/sysctls';
import type { FactRef } from './outcome.ts';

/** A number that a kernel setting holds; `undefined` when it was not read. */
export type Setting = { readonly value: number; readonly by: readonly FactRef[] } | undefined;

const settingOf = (stack: Stack, fact: FactOf<'sysctl'> | undefined): Setting => {
  const value = Number(fact?.value);
  return fact === undefined || Number.isNaN(value) ? undefined : { value, by: [stack.cite('sysctl', fact)] };
};

/** A setting of the namespace. */
export const setting = (stack: Stack, name: string): Setting => settingOf(stack, stack.sysctl(name));

/** A setting of one device. */
export const deviceSettingOf = (stack: Stack, device: string, name: string): Setting => settingOf(stack, stack.deviceSysctl(device, name));

/** A setting of one device in either family. */
export const settingNamed = (stack: Stack, family: Family, device: string, name: string): Setting =>
  family === 4 ? deviceSettingOf(stack, device, name) : settingOf(stack, stack.deviceSysctl6(device, name));

/** What was compared in a stack before: by device, then by name and what is enough. */
const compared = memoised((_: Stack) => new Map<string, Map<string, { readonly setting: Setting }>>());

/** The larger of `all` and the device's own (IN_DEV_MAXCONF); known as soon as one of them is as large as it can matter. */
export function largest(stack: Stack, device: string, name: string, enough: number): Setting {
  const byDevice = compared(stack);
  const own = byDevice.get(device) ?? new Map<string, { readonly setting: Setting }>();
  byDevice.set(device, own);
  const key = enough === 1 ? name : `${name} ${enough}`;
  const before = own.get(key);
  if (before !== undefined) return before.setting;
  const setting = compare(stack, device, name, enough);
  own.set(key, { setting });
  return setting;
}

function compare(stack: Stack, device: string, name: string, enough: number): Setting {
  const own = deviceSettingOf(stack, device, name);
  const all = deviceSettingOf(stack, 'all', name);
  if (own !== undefined && own.value >= enough) return own;
  if (all !== undefined && all.value >= enough) return all;
  if (own === undefined || all === undefined) return undefined;
  return own.value >= all.value ? { value: own.value, by: [...own.by, ...all.by] } : { value: all.value, by: [...all.by, ...own.by] };
}

/** Set when `all` or the device's own is (IN_DEV_ORCONF). */
export const either = (stack: Stack, device: string, name: string): Setting => largest(stack, device, name, 1);

/** The gap that a setting leaves which was not read. */
export const settingGap = (stack: Stack, device: string | null, name: string, why: string): Gap => {
  const dotted = device === null ? name : deviceSetting(device, name);
  if (stack.sysctls.is === 'gap') return { ...stack.sysctls.gap, detail: `${why}: ${dotted} was not read` };
  return { of: 'sysctl', scope: stack.scope, why: 'not collected', detail: `${why}: ${dotted} was not read`, capture: `sysctl ${dotted}` };
};

/**
 * Whether a namespace forwards what comes in by a device. Writing ip_forward sets every device, so it stands in where the
 * device's own was not read; IPv6 asks only the switch for all.
 */
export function forwards(stack: Stack, device: string, family: Family): Setting {
  if (family === 6) return setting(stack, 'net.ipv6.conf.all.forwarding');
  return (
    deviceSettingOf(stack, device, 'forwarding') ?? setting(stack, 'net.ipv4.ip_forward') ?? deviceSettingOf(stack, 'all', 'forwarding')
  );
}
