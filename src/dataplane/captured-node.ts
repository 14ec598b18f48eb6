import type { Facts } from '#facts/facts';
import type { Link } from '#facts/link/link';
import { peersOfNode, type PeerTable } from './peers.ts';
import { type Stacking, stackingOf } from './stacking.ts';
import { Stack } from './stack.ts';
import type { Station } from './station.ts';
import { leadsOutside } from './underlay.ts';

/** The captured network stacks of one node, and how they hang together. */
export class CapturedNode {
  readonly stacks: readonly Stack[];
  readonly #facts: Facts;
  #peers: PeerTable | undefined;
  #stacking: Stacking | undefined;
  #uplinks: readonly Station[] | undefined;

  constructor(facts: Facts, node: string) {
    this.#facts = facts;
    this.stacks = facts.scopes(node, 'link').map((scope) => new Stack(facts, scope));
  }

  /** The other end of a veth, where it was captured. */
  peer(link: Link): Station | undefined {
    this.#peers ??= peersOfNode(this.#facts, this.stacks);
    return this.#peers.get(link);
  }

  /** Which devices stand on which, in whatever namespaces. */
  get stacking(): Stacking {
    this.#stacking ??= stackingOf(this.#facts, this.stacks);
    return this.#stacking;
  }

  /** The devices through which frames leave what was captured. */
  get uplinks(): readonly Station[] {
    this.#uplinks ??= this.stacks.flatMap((stack) =>
      (stack.links.is === 'seen' ? stack.links.table.all : [])
        .filter((link) => leadsOutside(stack, link) && this.peer(link) === undefined)
        .map((link) => ({ stack, link })),
    );
    return this.#uplinks;
  }
}

const built = new WeakMap<object, CapturedNode>();

/** The node of some facts; facts that differ elsewhere only share it. */
export function capturedNode(facts: Facts, node: string): CapturedNode {
  const read = facts.ofNode(node);
  if (read === undefined) return new CapturedNode(facts, node);
  let captured = built.get(read);
  if (captured === undefined) {
    captured = new CapturedNode(facts, node);
    built.set(read, captured);
  }
  return captured;
}
