import type { Facts } from '#facts/facts';
import type { Link } from '#facts/link/link';
import type { Scope } from '#snapshot/scope';
import { type CapturedNode, capturedNode } from './captured-node.ts';
import { memoised } from './memo.ts';
import type { Stack } from './stack.ts';
import type { Station } from './station.ts';
import { type Underlay, underlayOf } from './underlay.ts';

export type { Station } from './station.ts';

/** All captured network stacks and how they hang together. */
export class World {
  readonly facts: Facts;
  readonly #stacks = new Map<string, Stack>();
  readonly #nodes = new Map<string, CapturedNode>();
  #underlay: Underlay | undefined;

  constructor(facts: Facts) {
    this.facts = facts;
    for (const node of facts.nodes()) {
      const captured = capturedNode(facts, node);
      this.#nodes.set(node, captured);
      for (const stack of captured.stacks) this.#stacks.set(stack.key, stack);
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
    return this.#nodes.get(node)?.stacks ?? [];
  }

  /** The other end of a veth, where it was captured. */
  peer(stack: Stack, link: Link): Station | undefined {
    return this.#nodes.get(stack.scope.node)?.peer(link);
  }

  /** The device that a VLAN, macvlan or ipvlan stands on, where it was captured. */
  lower({ scope }: Stack, link: Link): Station | undefined {
    return this.#nodes.get(scope.node)?.stacking.lower.get(link);
  }

  /** The devices that stand on one, in whatever namespaces. */
  uppers({ scope }: Stack, link: Link): readonly Station[] {
    return this.#nodes.get(scope.node)?.stacking.uppers.get(link) ?? [];
  }

  /** The devices through which frames leave what was captured. */
  get underlay(): Underlay {
    this.#underlay ??= underlayOf([...this.#nodes.values()].flatMap(({ uplinks }) => uplinks));
    return this.#underlay;
  }
}

/** The world of some facts; the same facts give the same world. */
export const worldOf: (facts: Facts) => World = memoised((facts: Facts) => new World(facts));
