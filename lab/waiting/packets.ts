import type { Place } from '../vocabulary.ts';
import type { World } from '../world/world.ts';

/** A packet at the kernel's own time, in seconds; of a DNS query with its number, which its repetition has, too. */
export type Packet = { readonly at: number; readonly sourcePort: number; readonly flags: string; readonly query: string };

const LINE = /^(\d+\.\d+) IP [\d.]+\.(\d+) > [\d.]+\.\d+: (?:Flags \[([^\]]*)\]|(\d+)\+)?/;

/** Longer than anything that is looked at. */
const LIMIT_SECONDS = 120;
/** The kernel hands packets over within a second (libpcap's timeout, as tcpdump sets it). */
const HANDED_OVER_SECONDS = 1.5;

/** What is going to pass a device until that is asked for; the answer comes once somebody listens there. */
export async function packetsAt(
  world: World,
  at: Place,
  device: string,
  filter: string,
): Promise<{ readonly seen: () => Promise<readonly Packet[]> }> {
  const dump = `echo $$ >/run/tcpdump.pid && exec timeout ${LIMIT_SECONDS} tcpdump -i ${device} -n -tt -l -Z root ${filter}`;
  const ended = world.exec(at, 'sh', ['-c', dump], (LIMIT_SECONDS + 10) * 1000);
  await listening(world, at);
  return {
    seen: async () => {
      await world.run({ at, run: `sleep ${HANDED_OVER_SECONDS}; kill $(cat /run/tcpdump.pid)` });
      return packetsIn((await ended).stdout);
    },
  };
}

const packetsIn = (text: string): readonly Packet[] =>
  text.split('\n').flatMap((line): Packet[] => {
    const [, time, port, flags = '', query = ''] = LINE.exec(line) ?? [];
    return time === undefined || port === undefined ? [] : [{ at: Number(time), sourcePort: Number(port), flags, query }];
  });

const TRIES = 400;
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
