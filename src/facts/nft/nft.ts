import { defineKind, type Fact } from '../kind.ts';

/**
 * A table of native nftables rules, kept as written: its rules are not walked yet, so a base chain that a packet meets is
 * *not modelled*. Tables that iptables-nft owns are in `iptables` facts and not here.
 */
export type NftTable = Fact & {
  readonly family: 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';
  readonly name: string;
  readonly baseChains: readonly {
    readonly name: string;
    readonly type: string;
    readonly hook: string;
    readonly priority: number;
    readonly policy: 'accept' | 'drop';
    /** Number of rules in it; one without rules does its policy and nothing else. */
    readonly rules: number;
    readonly line: number;
  }[];
};

export const nft = defineKind<NftTable>()({
  id: 'nft',
  is: 'a table of native nftables rules',
  key: (fact) => `${fact.family} ${fact.name}`,
  capture: 'nft list ruleset',
});
