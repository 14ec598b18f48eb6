import { accessSync, constants, readFileSync } from 'node:fs';

/** How QEMU runs the guest: by the processor where it can (some machines offer /dev/kvm without it, and a guest stands still there), else by translation, of a plain processor: wide registers are slow to translate. */
export function accelerator(): readonly string[] {
  const processor = readFileSync('/proc/cpuinfo', 'utf8');
  return /^flags.*\b(?:vmx|svm)\b/m.test(processor) && canOpen('/dev/kvm')
    ? ['-accel', 'kvm', '-cpu', 'host']
    : ['-accel', 'tcg,thread=multi', '-cpu', 'qemu64'];
}

function canOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
