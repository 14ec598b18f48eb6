/** A kernel as one Debian ships it. */
export type Kernel = { readonly name: string; readonly suite: string };

/** The kernels that judge beside this machine's own; the first one does unless another is named. */
export const kernels: readonly Kernel[] = [
  { name: 'debian-12', suite: 'bookworm' },
  { name: 'debian-11', suite: 'bullseye' },
  { name: 'debian-13', suite: 'trixie' },
];

/** The kernel of that name; another one is a mistake of who asked. */
export function kernelNamed(name: string): Kernel {
  const found = kernels.find((kernel) => kernel.name === name);
  if (found === undefined) throw new Error(`no kernel is called ${name}; there are ${kernels.map((one) => one.name).join(', ')}`);
  return found;
}
