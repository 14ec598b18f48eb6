import type { Seen } from '../stage/wire.ts';
import { carriersOf, type OnStage } from './carriers.ts';

/** How many packets a namespace's sealing devices took, and how many of them left sealed by their carriers. */
export type Sealed = { readonly taken: number; readonly sent: number };

const UDP = 17;
const WIREGUARD = 51820;
/** Around a packet are IP, UDP and 32 bytes; a handshake's messages and a keepalive have sizes of their own (drivers/net/wireguard/messages.h). */
const AROUND = 60;
const OWN_SIZES: ReadonlySet<number> = new Set([AROUND, 92, 120, 176]);

const isSealed = ({ protocol, dport, length }: Seen['header']): boolean =>
  protocol === UDP && dport === WIREGUARD && length > AROUND && !OWN_SIZES.has(length);

/** What became of packets at sealing devices, by namespace: nobody can tell which of those that left was which. */
export function noteSealed(seen: readonly Seen[], all: readonly OnStage[], found: Map<string, Sealed>): void {
  const carriers = carriersOf(all);
  if (carriers.size === 0) return;
  const wires = new Set([...carriers].map(([at, carrier]) => `${at.split(' ')[0]} ${carrier}`));
  for (const { in: namespace, device, how, header } of seen) {
    if (how !== 'out') continue;
    const at = `${namespace} ${device}`;
    const { taken, sent } = found.get(namespace) ?? { taken: 0, sent: 0 };
    // by its number, or TCP's: what nobody drew has neither
    if (carriers.has(at) && (header.id !== 0 || header.protocol !== UDP)) found.set(namespace, { taken: taken + 1, sent });
    else if (wires.has(at) && isSealed(header)) found.set(namespace, { taken, sent: sent + 1 });
  }
}
