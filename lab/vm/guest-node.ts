import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capturer } from '../conform/stage/model.ts';
import { Stage } from '../conform/stage/raise.ts';
import { Wire } from '../conform/stage/wire.ts';
import { leadline } from '../product.ts';
import type { Cluster, Line, Observed, Probe } from '../vocabulary.ts';
import { guestCapturer } from './capturer.ts';
import type { Ready } from './guest.ts';
import { Machine } from './machine.ts';
import { oneNode, RAISED } from './one-node.ts';

const PORT = 8080;
const SYN_ACK = 18;
/** Answers of a translated machine come late. */
const QUIET_MS = 200;

/** A guest whose root namespace is a node with pods: lines run there, real packets are sent, the product judges its capture. */
export class GuestNode {
  readonly cluster: Cluster = oneNode;
  readonly #machine: Machine;
  readonly #capturer: Capturer;
  readonly #wire: Wire;
  readonly #stage: Stage;
  readonly #folder = mkdtempSync(join(tmpdir(), 'leadline-vm-node-'));
  #packets = 0;

  private constructor(machine: Machine, capturer: Capturer) {
    this.#machine = machine;
    this.#capturer = capturer;
    this.#wire = new Wire(machine, QUIET_MS);
    this.#stage = new Stage('', machine.run);
  }

  static async start(guest: Ready): Promise<GuestNode> {
    const machine = await Machine.start(guest);
    const node = new GuestNode(machine, await guestCapturer(machine));
    await node.run([{ at: { node: oneNode.victim.name }, run: RAISED }]);
    const namespaces = oneNode.victim.pods.map(({ netns }) => ({
      name: netns,
      role: 'end' as const,
      devices: [],
      listens: { udp: [], tcp: [PORT] },
    }));
    await node.#wire.open([{ stage: node.#stage, layout: { id: 'pods', namespaces, lines: [], virtual: { 4: [], 6: [] } } }]);
    return node;
  }

  /** Runs lines where they belong, one after the other; the first that fails is an error. */
  async run(lines: readonly Line[]): Promise<void> {
    for (const { at, run } of lines) {
      const { code, stdout, stderr } = await this.#machine.run(...this.#argvAt(at, run));
      if (code !== 0) throw new Error(`${run}: ${(stderr || stdout).trim().slice(-600)}`);
    }
  }

  /** What a real SYN of a pod brings back. */
  async probe({ from, to, protocol, port }: Probe): Promise<Observed> {
    const pod = oneNode.victim.pods.find(({ name }) => typeof from === 'object' && 'pod' in from && from.pod === name);
    if (pod === undefined || protocol !== 'tcp' || port === undefined) throw new Error('a guest sends SYNs of its pods');
    this.#packets += 1;
    const sport = 20_000 + this.#packets;
    const packet = {
      through: 'raw',
      from: pod.netns,
      source: pod.address,
      destination: to,
      protocol,
      sport,
      dport: port,
      flags: 'S',
    } as const;
    const { seen } = await this.#wire.send([{ id: this.#packets, packet, stage: this.#stage }]);
    const back = seen.filter((one) => one.in === pod.netns && one.how === 'in' && one.header.dport === sport);
    if (back.some(({ header }) => header.flags === SYN_ACK && header.source === to)) return 'answers';
    return back.length > 0 ? 'unreachable' : 'silence';
  }

  /** What `leadline diagnose -o json` says of the guest as it is now. */
  async diagnose(): Promise<string> {
    const folder = join(this.#folder, 'capture');
    await this.#capturer.ask(folder);
    const { stdout, stderr } = await leadline(['diagnose', folder, '-o', 'json']);
    if (stdout === '') throw new Error(`leadline diagnose: ${stderr.slice(-600)}`);
    return stdout;
  }

  close(): void {
    this.#wire.close();
    this.#machine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #argvAt(at: Line['at'], run: string): readonly [string, readonly string[]] {
    if (typeof at === 'string') throw new Error(`a guest has no ${at}`);
    if ('node' in at) return ['sh', ['-c', run]];
    const pod = oneNode.victim.pods.find(({ name }) => name === at.pod);
    if (pod === undefined) throw new Error(`a guest has no pod ${at.pod}`);
    return ['nsenter', [`--net=/run/netns/${pod.netns}`, 'sh', '-c', run]];
  }
}
