import type { Told } from '#facts/kind';
import type { Socket } from '#facts/socket/socket';

/** A socket as rules look at it. */
export type Met = {
  /** Neither a request nor what waits for its end (sk_fullsock): only then it has a mark and an own address that are asked. */
  readonly isFull: boolean;
  /** It is bound to all addresses. */
  readonly isWild: Told<boolean>;
  readonly transparent: Told<boolean>;
  readonly mark: Told<number>;
};

/** The socket that a rule gave a packet to (skb->sk): it takes the packet wherever that is delivered, and nobody passes it on. */
export type Diverted = { readonly socket: Socket; readonly met: Met };
