import { buildWire } from '../conform/wire/build.ts';
import { unpack } from '../userlands/unpack.ts';
import { findTool } from '../world/tools.ts';
import { fetchKernel } from './fetch-kernel.ts';
import { buildImage } from './image.ts';
import type { Kernel } from './kernels.ts';
import { buildAgent } from './programs.ts';
import { guestUserland } from './userland.ts';

/** The program of the machine, as Debian's qemu-system-x86 brings it. */
export const QEMU = 'qemu-system-x86_64';

/** All that a machine starts from. */
export type Ready = {
  readonly is: 'ready';
  readonly kernel: Kernel;
  readonly release: string;
  readonly image: string;
  readonly initrd: string;
};

/** The same, or what is missing for it. */
export type Guest = Ready | { readonly is: 'missing'; readonly reason: string };

/** Puts a guest together: fetched, unpacked and built once, found in the cache from then on. */
export async function buildGuest(kernel: Kernel): Promise<Guest> {
  const missing = (reason: string): Guest => ({ is: 'missing', reason });
  if (process.arch !== 'x64') return missing(`the guest is for x64, and this is ${process.arch}`);
  if (process.getuid?.() !== 0) return missing('the guest is put together by root (debootstrap)');
  const lacking = [QEMU, 'debootstrap', 'apt-get', 'dpkg-deb', 'depmod'].filter((tool) => findTool(tool) === undefined);
  if (lacking.length > 0) return missing(`this machine lacks ${lacking.join(', ')}`);
  const [agent, wire, userland] = [await buildAgent(), await buildWire(), await unpack(guestUserland)];
  if (agent.is === 'missing') return missing(agent.reason);
  if (wire.is === 'missing') return missing(wire.reason);
  if (userland.is === 'missing') return missing(userland.reason);
  try {
    const fetched = await fetchKernel(kernel);
    const programs = { agent: agent.path, wire: wire.path };
    const initrd = await buildImage({ kernel: fetched, userland: userland.root, programs });
    return { is: 'ready', kernel, release: fetched.release, image: fetched.image, initrd };
  } catch (error) {
    return missing(error instanceof Error ? error.message : String(error));
  }
}
