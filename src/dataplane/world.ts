import type { Facts } from '#facts/facts';
import type { Link } from '#facts/link/link';
import type { Scope } from '#snapshot/scope';
import { memoised } from './memo.ts';
import { peersOfNode, type PeerTable } from './peers.ts';
import { Stack } from './stack.ts';
import type { Station } from './station.ts';
import { type Underlay, underlayOf } from './underlay.ts';

export type { Station } from './station.ts';

/** All captured network stacks and how they hang together. */
export class World {
  readonly facts: Facts;
  readonly #stacks = new Map<string, Stack>();
  readonly #byNode = new Map<string, readonly Stack[]>();
  readonly #peers = new Map<string, PeerTable>();
  #underlay: Underlay | undefined;

  constructor(facts: Facts) {
    this.facts = facts;
    for (const node of facts.nodes()) {
      const own = facts.scopes(node, 'link').map((scope) => new Stack(facts, scope));
      this.#byNode.set(node, own);
      for (const stack of own) this.#stacks.set(stack.key, stack);
    }
  }

  /** The stack of a namespace; nothing when none of its devices were captured. */
  stack({ node, netns }: Scope): Stack | undefined {
    return this.#stacks.get(`${node}\0${netns}`);
  }

  stacks(): Iterable<Stack> {
    return this.#stacks.values();
  }

  stacksOf(node: string): readonly Stack[] {
    return this.#byNode.get(node) ?? [];
  }

  /** The other end of a veth, where it was captured. */
  peer(stack: Stack, link: Link): Station | undefined {
    const { node } = stack.scope;
    let peers = this.#peers.get(node);
    if (peers === undefined) {
      peers = peersOfNode(this.facts, this.stacksOf(node));
      this.#peers.set(node, peers);
    }
    return peers.get(link);
  }

  /** The devices through which frames leave what was captured. */
  get underlay(): Underlay {
    this.#underlay ??= underlayOf(this);
    return this.#underlay;
  }
}

/** The world of some facts; the same facts give the same world. */
export const worldOf: (facts: Facts) => World = memoised((facts: Facts) => new World(facts));
