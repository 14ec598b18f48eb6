import type { Packet } from '../draw/packet.ts';
import type { Stage } from '../stage/raise.ts';
import type { Header, Storm } from '../stage/wire.ts';

/** A scene that was ended because a packet of it, or an answer to one, went in circles without an end: which, where its number is known. */
export type Stormed = { readonly id: number | undefined; readonly says: string };

/** Scenes that were ended, by their stages. */
export type Storms = Map<Stage, Stormed>;

type Turn = { readonly id: number; readonly packet: Packet; readonly stage: Stage };

/** Notes which scenes ended while these packets were sent. */
export function noteStorms(
  storms: Storms,
  found: readonly Storm[],
  turns: readonly Turn[],
  numberOf: (header: Header) => number | undefined,
): void {
  for (const { scene, header } of found) {
    const own = turns.filter(({ stage }) => stage.name('') === scene);
    const id = header === undefined ? undefined : numberOf(header);
    const turn = own.find((one) => one.id === id);
    const says = turn === undefined ? `something that nobody sent: ${JSON.stringify(header ?? 'no IP')}` : JSON.stringify(turn.packet);
    if (own[0] !== undefined) storms.set(own[0].stage, { id: turn?.id, says });
  }
}
