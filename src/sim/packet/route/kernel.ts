import type { Stack } from '#dataplane/stack';

/** Whether a node runs this version of Linux or a later one; where it was not read, the newest is taken. */
export function kernelOf(stack: Stack, [major, minor]: readonly [number, number]): boolean {
  const [, own, part] = /^(\d+)\.(\d+)/.exec(stack.kernel ?? '') ?? [];
  if (own === undefined || part === undefined) return true;
  return Number(own) > major || (Number(own) === major && Number(part) >= minor);
}
