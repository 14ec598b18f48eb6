import type { Partition } from '#facts/facts';
import type { Sysctl } from '#facts/sysctl/sysctl';
import type { Family } from '#net/ip';
import { memoised } from './memo.ts';

/** Kernel settings by dotted name. */
export const sysctlTable = memoised(
  (partition: Partition<'sysctl'>): ReadonlyMap<string, Sysctl> => new Map(partition.facts.map((setting) => [setting.name, setting])),
);

/** The name of a setting of one device; dots of its name are slashes there. */
export const deviceSetting = (device: string, name: string, family: Family = 4): string =>
  `net.ipv${family}.conf.${device.replaceAll('.', '/')}.${name}`;
