import type { Place } from '../vocabulary.ts';
import type { World } from '../world/world.ts';

/** A packet at the kernel's own time, in seconds; of a DNS query with its number, which its repetition has, too. */
export type Packet = { readonly at: number; readonly sourcePort: number; readonly flags: string; readonly query: string };

const LINE = /^(\d+\.\d+) IP [\d.]+\.(\d+) > [\d.]+\.\d+: (?:Flags \[([^\]]*)\]|(\d+)\+)?/;

/** What is going to pass a device for so many seconds; the answer comes once somebody listens there. */
export async function packetsAt(
  world: World,
  at: Place,
  device: string,
  filter: string,
  seconds: number,
): Promise<{ readonly seen: Promise<readonly Packet[]> }> {
  const args = [String(seconds), 'tcpdump', '-i', device, '-n', '-tt', '-l', '-Z', 'root', ...filter.split(' ')];
  const seen = world.exec(at, 'timeout', args, (seconds + 10) * 1000).then(({ stdout }) => packetsIn(stdout));
  await listening(world, at);
  return { seen };
}

const packetsIn = (text: string): readonly Packet[] =>
  text.split('\n').flatMap((line): Packet[] => {
    const [, time, port, flags = '', query = ''] = LINE.exec(line) ?? [];
    return time === undefined || port === undefined ? [] : [{ at: Number(time), sourcePort: Number(port), flags, query }];
  });

const TRIES = 100;
const PAUSE_MS = 50;

/** A packet socket in the namespace: on a busy machine tcpdump takes its time to open one. */
async function listening(world: World, at: Place): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { stdout } = await world.exec(at, 'cat', ['/proc/net/packet']);
    if (stdout.trim().split('\n').length > 1) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error('tcpdump does not listen');
}
