import type { Cidr } from '#net/cidr';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A rule of the routing policy database (`ip rule`; net/core/fib_rules.c). `null`: the rule does not ask. */
export type Rule = Fact & {
  readonly family: 4 | 6;
  readonly priority: number;
  readonly not: Told<boolean>;
  readonly from: Told<Cidr | null>;
  readonly to: Told<Cidr | null>;
  readonly iif: Told<string | null>;
  readonly oif: Told<string | null>;
  readonly mark: Told<{ readonly value: number; readonly mask: number } | null>;
  readonly tos: Told<number | null>;
  readonly ipProto: Told<number | null>;
  readonly sourcePorts: Told<readonly [number, number] | null>;
  readonly destinationPorts: Told<readonly [number, number] | null>;
  readonly uidRange: Told<readonly [number, number] | null>;
  readonly suppressPrefixLength: Told<number | null>;
  readonly suppressGroup?: Told<string | null>;
  /** What it does: look a table up, or a verdict. `unknown` keeps the words of a rule that is not understood. */
  readonly action:
    | { readonly does: 'lookup'; readonly table: string }
    /** The table of the VRF that the packet's device is in. */
    | { readonly does: 'lookup of its VRF' }
    | { readonly does: 'goto'; readonly priority: number }
    | { readonly does: 'unreachable' | 'blackhole' | 'prohibit' | 'nop' }
    | { readonly does: 'unknown'; readonly text: string };
};

export const rule = defineKind<Rule>()({
  id: 'rule',
  is: 'a rule of the routing policy database',
  key: (fact) =>
    JSON.stringify([
      fact.family,
      fact.priority,
      fact.not ?? false,
      fact.from ?? null,
      fact.to ?? null,
      fact.iif ?? null,
      fact.oif ?? null,
      fact.mark ?? null,
      fact.action,
    ]),
  part: (fact) => String(fact.family),
  parts: ['4', '6'],
  capture: 'ip -d -j rule show',
});
