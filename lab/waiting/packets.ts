import type { Place } from '../vocabulary.ts';
import type { World } from '../world/world.ts';

/** A packet at the kernel's own time, in seconds. */
export type Packet = { readonly at: number; readonly sourcePort: number; readonly flags: string };

const LINE = /^(\d+\.\d+) IP [\d.]+\.(\d+) > [\d.]+\.\d+: (?:Flags \[([^\]]*)\])?/;

/** What passes a device for so many seconds. */
export async function packetsAt(world: World, at: Place, device: string, filter: string, seconds: number): Promise<readonly Packet[]> {
  const args = [String(seconds), 'tcpdump', '-i', device, '-n', '-tt', '-l', '-Z', 'root', ...filter.split(' ')];
  const { stdout } = await world.exec(at, 'timeout', args, (seconds + 10) * 1000);
  return stdout.split('\n').flatMap((line): Packet[] => {
    const [, time, port, flags = ''] = LINE.exec(line) ?? [];
    return time === undefined || port === undefined ? [] : [{ at: Number(time), sourcePort: Number(port), flags }];
  });
}
