import type { Facts } from '#facts/facts';
import type { IptablesTable } from '#facts/iptables/iptables';
import { type NftTable, nft } from '#facts/nft/nft';
import type { Scope } from '#snapshot/scope';

/** The iptables table that an action names, where it was seen. */
export function seenIptables(
  facts: Facts,
  on: Scope,
  { family, table, backend }: { readonly family: 4 | 6; readonly table: string; readonly backend: string | null },
): IptablesTable | undefined {
  const tables = facts.seen('iptables', on);
  if (tables.is === 'gap') return undefined;
  return tables.value.find((one) => one.family === family && one.table === table && (one.backend ?? null) === backend);
}

/** The nftables table that an action names, where it was seen. */
export function seenNft(facts: Facts, on: Scope, family: string, name: string): NftTable | undefined {
  const tables = facts.seen('nft', on);
  return tables.is === 'gap' ? undefined : tables.value.find((one) => nft.key(one) === `${family} ${name}`);
}
