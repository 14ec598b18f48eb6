import nftRuleset from '#parsers/nft-ruleset/nft-ruleset';
import type { Scope } from '#snapshot/scope';
import { factsOf, parseText } from './parse-text.ts';
import type { BuiltCluster } from './world-builder.ts';

/** The cluster with the tables of a ruleset (as `nft list ruleset` writes it) in one namespace. Throws at what is not understood. */
export function withNft(built: BuiltCluster, scope: Scope, ruleset: string): BuiltCluster {
  const parsed = parseText(nftRuleset, ruleset, { scope, file: `nodes/${scope.node}/nft_list_ruleset` });
  const [problem] = parsed.problems;
  if (problem !== undefined) throw new Error(`line ${problem.line}: ${problem.why}`);
  return factsOf(parsed, 'nft').reduce((now, { origin: _, ...table }) => now.put('nft', scope, table), built);
}
