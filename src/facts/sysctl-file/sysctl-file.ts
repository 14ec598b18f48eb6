import { defineKind, type Fact } from '../kind.ts';

/** One file that boot reads settings from (/etc/sysctl.conf, /etc/sysctl.d, /run/sysctl.d, /usr/lib/sysctl.d): precedence as in sysctl.d(5). */
export type SysctlFile = Fact & {
  readonly path: string;
  readonly settings: readonly { readonly name: string; readonly value: string; readonly line: number; readonly optional: boolean }[];
};

export const sysctlFile = defineKind<SysctlFile>()({
  id: 'sysctl-file',
  is: 'a file that boot loads kernel settings from',
  key: (fact) => fact.path,
  capture: 'cat /etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf',
});
