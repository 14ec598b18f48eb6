import type { FactOf } from '#facts/kinds';
import type { Family } from '#net/ip';
import { cite, type Citation } from '#dataplane/reading';
import type { Gap } from '#snapshot/gap';
import { memoised } from '#dataplane/memo';
import type { Stack } from '#dataplane/stack';
import { deviceSetting } from '#dataplane/sysctls';
import { withoutSetting } from './without-setting.ts';

/** A number that a kernel setting holds. */
export type Read = { readonly is: 'seen'; readonly value: number; readonly by: readonly Citation[] };

/** A setting that nobody read: it is not known, and not zero. */
export type Unread = { readonly is: 'gap'; readonly name: string; readonly gap: Gap };

/**
 * A kernel setting. Where all settings were read and there is none of this name, the kernel has none, and does what it does without
 * it; where it was not read, who asks says what then: both ways are walked (`isOn`), or what is alike in all of them holds
 * (`whichever`).
 */
export type Setting = Read | Unread;

/** A setting of the namespace; one that a namespace does not list is the machine's, and stands in its first one. */
export function setting(stack: Stack, name: string): Setting {
  const own = stack.sysctl(name);
  if (own !== undefined) return numberOf(own, stack.cite('sysctl', own)) ?? unread(stack, name);
  if (stack.sysctls.is === 'gap' || !stack.sysctls.complete) return unread(stack, name);
  const { machineSysctls } = stack;
  if (machineSysctls.is === 'gap') return unread(stack, name);
  const shared = machineSysctls.table.get(name);
  if (shared !== undefined) return numberOf(shared, cite('sysctl', machineSysctls.scope, shared)) ?? unread(stack, name);
  return machineSysctls.complete ? { is: 'seen', value: withoutSetting(name), by: [] } : unread(stack, name);
}

function numberOf(fact: FactOf<'sysctl'>, by: Citation): Setting | undefined {
  const value = Number(fact.value);
  return fact.value === '' || Number.isNaN(value) ? undefined : { is: 'seen', value, by: [by] };
}

/** A setting of one device. */
export const deviceSettingOf = (stack: Stack, device: string, name: string): Setting => settingNamed(stack, 4, device, name);

/** A setting of every device: where a device's were read and this is not among them, the kernel has none. */
const WITNESS = 'forwarding';

/** A setting of one device in either family. */
export function settingNamed(stack: Stack, family: Family, device: string, name: string): Setting {
  const told = (one: string) => (family === 4 ? stack.deviceSysctl(device, one) : stack.deviceSysctl6(device, one));
  const dotted = deviceSetting(device, name, family);
  const own = told(name);
  if (own !== undefined) return numberOf(own, stack.cite('sysctl', own)) ?? unread(stack, dotted);
  const isWhole = stack.sysctls.is === 'seen' && stack.sysctls.complete;
  return isWhole && told(WITNESS) !== undefined ? { is: 'seen', value: withoutSetting(name), by: [] } : unread(stack, dotted);
}

/** What was compared in a stack before: by device, then by name and what is enough. */
const compared = memoised((_: Stack) => new Map<string, Map<string, Setting>>());

/** The larger of `all` and the device's own (IN_DEV_MAXCONF); known as soon as one of them is as large as it can matter. */
export function largest(stack: Stack, device: string, name: string, enough: number): Setting {
  const byDevice = compared(stack);
  const own = byDevice.get(device) ?? new Map<string, Setting>();
  byDevice.set(device, own);
  const key = enough === 1 ? name : `${name} ${enough}`;
  const before = own.get(key);
  if (before !== undefined) return before;
  const found = compare(stack, device, name, enough);
  own.set(key, found);
  return found;
}

function compare(stack: Stack, device: string, name: string, enough: number): Setting {
  const own = deviceSettingOf(stack, device, name);
  const all = deviceSettingOf(stack, 'all', name);
  if (own.is === 'seen' && own.value >= enough) return own;
  if (all.is === 'seen' && all.value >= enough) return all;
  if (own.is === 'gap') return own;
  if (all.is === 'gap') return all;
  return own.value >= all.value ? { ...own, by: [...own.by, ...all.by] } : { ...all, by: [...all.by, ...own.by] };
}

/** Set when `all` or the device's own is (IN_DEV_ORCONF). */
export const either = (stack: Stack, device: string, name: string): Setting => largest(stack, device, name, 1);

/** Set when `all` and the device's own are (IN_DEV_ANDCONF). */
export function both(stack: Stack, device: string, name: string): Setting {
  const [own, all] = [deviceSettingOf(stack, device, name), deviceSettingOf(stack, 'all', name)];
  const off = [own, all].find((one) => one.is === 'seen' && one.value === 0);
  if (off !== undefined) return off;
  if (own.is === 'gap') return own;
  return all.is === 'gap' ? all : { ...own, by: [...own.by, ...all.by] };
}

function unread(stack: Stack, name: string): Unread {
  const detail = `${name} was not read`;
  const { sysctls, scope } = stack;
  const gap: Gap =
    sysctls.is === 'gap' ? { ...sysctls.gap, detail } : { of: 'sysctl', scope, why: 'not collected', detail, capture: `sysctl ${name}` };
  return { is: 'gap', name, gap };
}

/** The gap that a setting leaves which was not read, with what it would decide. */
export const settingGap = ({ gap }: Unread, why: string): Gap => ({ ...gap, detail: `${why}: ${gap.detail}` });

/** What follows from a setting: where it was not read, what follows from each value that it may have, if that is alike, else its gap. */
export function whichever<T>(
  asked: Setting,
  values: readonly number[],
  of: (value: number) => T,
  alike: (one: T, other: T) => boolean = Object.is,
): { readonly is: 'seen'; readonly value: T } | Unread {
  if (asked.is === 'seen') return { is: 'seen', value: of(asked.value) };
  const [first, ...others] = values;
  const value = of(first ?? 0);
  return others.every((other) => alike(value, of(other))) ? { is: 'seen', value } : asked;
}

/** What a switch may be. */
export const OFF_OR_ON: readonly number[] = [0, 1];

/**
 * Whether a namespace forwards what comes in by a device. Writing ip_forward sets every device, so it stands in where the
 * device's own was not read; IPv6 asks only the switch for all.
 */
export function forwards(stack: Stack, device: string, family: Family): Setting {
  if (family === 6) return setting(stack, 'net.ipv6.conf.all.forwarding');
  const own = deviceSettingOf(stack, device, 'forwarding');
  if (own.is === 'seen') return own;
  const main = stack.sysctl('net.ipv4.ip_forward') === undefined ? own : setting(stack, 'net.ipv4.ip_forward');
  if (main.is === 'seen') return main;
  const all = deviceSettingOf(stack, 'all', 'forwarding');
  return all.is === 'seen' ? all : own;
}
