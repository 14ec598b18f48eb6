import type { Chunk } from '../draw/packet.ts';
import { cliPath } from '../../product.ts';
import { Peer } from './peer.ts';

/** The headers of a packet as the model tells them. */
export type ModelHeader = {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly tcp?: readonly string[];
  readonly sctp?: readonly Chunk[];
  readonly icmp?: { readonly type: number; readonly code: number; readonly id: number; readonly inner?: ModelHeader };
  readonly ttl: number;
  readonly mark: number;
  /** Ports that the kernel draws out of a range. */
  readonly drawn?: { readonly source?: readonly [number, number]; readonly destination?: readonly [number, number] };
};

/** One packet's way: `path` is namespace, device in, device out, and the headers when it left. */
export type ModelWalk = {
  /** Milliseconds after the first packet that it begins, where that is not at once. */
  readonly after?: number;
  readonly packet: ModelHeader;
  readonly received: ModelHeader;
  /** The namespace whose sealing device took it and that did not send it; told by `carriers.ts`. */
  readonly unsent?: string;
  readonly outer?: ModelHeader;
  readonly disposition: string;
  readonly at: readonly [string, string | null];
  readonly code: string;
  readonly says: string;
  readonly path: readonly (readonly [string, string | null, string | null, ModelHeader?])[];
  readonly counted: readonly string[];
  /** Rules of which the model does not know whether they counted. */
  readonly mayCount: readonly string[];
  /** Where the facts stand that decided, in scenes of which that is asked. */
  readonly cites?: readonly string[];
};

/** A connection that a namespace tracks in the end. */
export type ModelConnection = {
  readonly namespace: string;
  readonly original: ModelHeader;
  readonly reply: { readonly source: string; readonly destination: string; readonly sourcePort: number; readonly destinationPort: number };
  readonly seenReply: boolean;
  /** Its port was drawn, and no answer told which. */
  readonly drawn: boolean;
  readonly mark: number;
  /** Where it is another than the default. */
  readonly zone?: { readonly original: number; readonly reply: number };
};

/** One thing that can come of a packet. */
export type ModelOutcome = {
  readonly probability: number | null;
  readonly walks: readonly ModelWalk[];
  readonly connections: readonly ModelConnection[];
  /** Limits and errors that it and those before it asked for: which, how much there surely was of it at first, how often it was asked for. */
  readonly rations?: readonly (readonly [of: string, had: number, asked: number])[];
  /** What was tracked and is so no longer: of the captured connections, or, where only changes were asked for, of all. */
  readonly gone?: readonly ModelConnection[];
};

/** The model's answer to one packet. */
export type ModelAnswer =
  | { readonly outcomes: readonly ModelOutcome[]; readonly complete: boolean; readonly doubts?: readonly string[] }
  | { readonly error: string };

/** Most of what a walk makes is over with it: young objects get more room, so that they are looked through less often. */
const YOUNG = '--max-semi-space-size=32';

const start = (...args: readonly string[]): Peer => new Peer(process.execPath, ['--no-warnings', YOUNG, cliPath(), ...args]);

/** The name that the machine of all scenes has in captures. */
export const NODE = 'lab';

/** What captures a machine into a folder. */
export type Capturer = { readonly ask: (folder: string) => Promise<unknown>; readonly close: () => void };

/** The product, by its command line: one process that captures, one that traces. */
export class Model {
  readonly #capture: Capturer;
  readonly #trace = start('trace', '--flows', '-');

  /** Captures this machine, unless another one's capturer is named. */
  constructor(capturer: Capturer = start('capture', '--loop', '--looks', '1', '--every', '0', '--node', NODE)) {
    this.#capture = capturer;
  }

  /** Captures the machine into a folder. */
  async capture(folder: string): Promise<void> {
    await this.#capture.ask(folder);
  }

  /** Asks about that capture from now on. */
  async open(folder: string): Promise<void> {
    const answer: { readonly opened?: unknown } = JSON.parse(await this.#trace.ask(JSON.stringify({ id: 0, open: [folder] })));
    if (answer.opened === undefined) throw new Error(`the capture was not opened: ${JSON.stringify(answer)}`);
  }

  /** What comes of packets, asked all at once. */
  ask(lines: readonly object[]): Promise<readonly ModelAnswer[]> {
    return Promise.all(lines.map(async (line): Promise<ModelAnswer> => JSON.parse(await this.#trace.ask(JSON.stringify(line)))));
  }

  close(): void {
    this.#capture.close();
    this.#trace.close();
  }
}
