import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why the kernel's trace cannot be had here; undefined when it can. */
export function whyNoTrace(): string | undefined {
  if (process.platform !== 'linux') return 'the trace is of the Linux kernel';
  if (process.getuid?.() !== 0) return 'bpftrace needs root';
  // A user namespace maps other ids, or fewer; only the first one maps all of them onto themselves.
  if (!/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'))) return 'bpftrace needs the real root';
  const folders = (process.env.PATH ?? '').split(':').concat('/usr/sbin', '/sbin');
  return folders.some((folder) => isProgram(join(folder, 'bpftrace'))) ? undefined : 'bpftrace is not installed';
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
