import type { Packet } from '../draw/packet.ts';
import type { Layout } from '../draw/layout.ts';
import { bytesOf, datagramOf } from './bytes.ts';
import { Peer } from './peer.ts';
import type { Stage } from './raise.ts';

/** What a sighting tells of a packet's headers. */
export type Header = {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sport: number;
  readonly dport: number;
  readonly ttl: number;
  readonly ident: number;
  readonly id: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
  /** SCTP's verification tag and its first chunk. */
  readonly tag?: number;
  readonly chunk?: number;
  readonly type?: number;
  readonly code?: number;
  readonly offset?: number;
  readonly more?: boolean;
  readonly length: number;
  /** What a VXLAN packet carries. */
  readonly inner?: Header;
  /** What an ICMP error quotes. */
  readonly about?: Header;
};

/** A packet seen on a device, or taken by a socket. */
export type Seen = {
  readonly in: string;
  readonly device: string;
  readonly how: 'in' | 'out' | 'socket' | 'other' | 'broadcast' | 'multicast';
  readonly mark?: number;
  readonly header: Header;
};

/** A packet with its number. */
export type Numbered = { readonly id: number; readonly packet: Packet };

/** A packet that went in circles without an end: the scene that was ended because of it, by the prefix of its namespaces. */
export type Storm = {
  readonly scene: string;
  /** What it looks like; nothing where it is no IP packet. */
  readonly header?: Header;
};

type Answer = {
  readonly seen: readonly Seen[];
  readonly storms: readonly Storm[];
  /** How many frames without IP were seen in a namespace, ARP's above all. */
  readonly frames: Readonly<Record<string, number>>;
  readonly failed: readonly { readonly at: number; readonly error: string }[];
  /** Whether the kernel has loaded SCTP: it answers then what belongs to no association. */
  readonly sctp: boolean;
  readonly error?: string;
  /** By the program's own clock, in microseconds. */
  readonly began: number;
  readonly sent: readonly number[];
};

/** Now, in nanoseconds of the monotonic clock. */
export const now = (): number => Number(process.hrtime.bigint());

/** Who answers each line with one line, in order. */
export type Asked = { readonly ask: (line: string) => Promise<string>; readonly close: () => void };

const QUIET_MS = 12;

/** The program that sends and sees. */
export class Wire {
  readonly #peer: Asked;
  readonly #quietMs: number;
  /** When the program's clock was at 0; it may be another machine's. */
  #start: number | undefined;
  #answersSctp = false;

  /** The program's path, or whoever speaks to it elsewhere; after so long without any packet all have come to their end. */
  constructor(program: string | Asked, quietMs = QUIET_MS) {
    this.#quietMs = quietMs;
    this.#peer = typeof program === 'string' ? new Peer(program, []) : program;
  }

  /** Enters the namespaces of scenes, and nothing else from then on. */
  async open(scenes: readonly { readonly stage: Stage; readonly layout: Layout }[]): Promise<void> {
    const open = scenes.flatMap(({ stage, layout }) =>
      layout.namespaces.map(({ name, listens }) => ({
        name: stage.name(name),
        path: stage.path(name),
        scene: stage.name(''),
        udp: listens.udp,
        tcp: listens.tcp,
        sctp: listens.sctp ?? [],
        bound: listens.bound ?? [],
        queues: listens.queues ?? [],
      })),
    );
    this.#answersSctp = (await this.#ask({ open })).sctp;
  }

  /** Whether the kernel of these scenes answers SCTP by itself. */
  get answersSctp(): boolean {
    return this.#answersSctp;
  }

  /** Sends packets and waits until nothing moves any more; the answer also tells whose sending the kernel refused, when each was sent, and what never came to its end. */
  async send(
    packets: readonly (Numbered & { readonly stage: Stage })[],
    quiet = this.#quietMs,
  ): Promise<
    Omit<Answer, 'failed' | 'began' | 'sent' | 'sctp'> & { readonly failed: ReadonlyMap<number, string>; readonly times: readonly number[] }
  > {
    const { seen, storms, frames, failed, sent } = await this.#ask({ send: packets.map(sendingOf), quiet });
    const times = sent.map((at) => (this.#start ?? 0) + at * 1000);
    return { seen, storms, frames, failed: new Map(failed.map(({ at, error }) => [packets[at]?.id ?? 0, error])), times };
  }

  close(): void {
    this.#peer.close();
  }

  async #ask(command: object): Promise<Answer> {
    const before = now();
    const answer: Answer = JSON.parse(await this.#peer.ask(JSON.stringify(command))); // from our own program
    if (answer.error !== undefined) throw new Error(`wire: ${answer.error}`);
    this.#start ??= before - answer.began * 1000;
    return answer;
  }
}

function sendingOf({ id, packet, stage }: Numbered & { readonly stage: Stage }): object {
  const { from, through, device, source, destination, sport, dport, mark = 0, ttl = 64, tos = 0, df = false } = packet;
  const bytes = through === 'socket' ? datagramOf(packet, id) : bytesOf(packet, id);
  const content = through === 'frame' ? Buffer.concat([ethernet(packet), bytes]) : bytes;
  return { in: stage.name(from), through, device, source, destination, sport, dport, mark, ttl, tos, df, hex: content.toString('hex') };
}

function ethernet({ ether, source }: Packet): Buffer {
  const mac = (text = '00:00:00:00:00:00'): Buffer => Buffer.from(text.replaceAll(':', ''), 'hex');
  return Buffer.concat([mac(ether?.to), mac(ether?.from), Buffer.from(source.includes(':') ? [0x86, 0xdd] : [8, 0])]);
}
