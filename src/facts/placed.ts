import { type Origin, sameOrigin } from '#snapshot/origin';

/** A rule with its place, or (without a rule) the policy of a chain. */
export type Placed<Table, Chain, Rule> = {
  readonly table: Table;
  readonly chain: Chain;
  readonly rule: Rule | null;
  /** From 1, in the order in which rules are asked. */
  readonly position: number | null;
};

type Read = { readonly origin: Origin };

/** The rule that was read at this place, or the policy of a chain that drops. */
export function placedAt<
  Rule extends Read,
  Chain extends Read & { readonly rules: readonly Rule[] },
  Table extends { readonly chains: readonly Chain[] },
>(
  tables: readonly Table[],
  origin: Origin,
  drops: (chain: Table['chains'][number]) => boolean,
): Placed<Table, Table['chains'][number], Table['chains'][number]['rules'][number]> | undefined {
  for (const table of tables) {
    for (const chain of table.chains) {
      const at = chain.rules.findIndex((rule) => sameOrigin(rule.origin, origin));
      const rule = chain.rules[at];
      if (rule !== undefined) return { table, chain, rule, position: at + 1 };
      if (drops(chain) && sameOrigin(chain.origin, origin)) return { table, chain, rule: null, position: null };
    }
  }
  return undefined;
}
