import type { Origin } from '#snapshot/origin';
import { defineKind, type Fact, type Told } from '../kind.ts';
import type { NftElement } from './expression.ts';
import type { NftQuota, NftStatement } from './statement.ts';

export type { NftElement, NftExpression, NftVerdict } from './expression.ts';
export type { MatchOp, NftNat, NftQuota, NftStatement } from './statement.ts';

/** One rule; a statement that is not understood is kept word for word in it. */
export type NftRule = {
  readonly origin: Origin;
  /** As nft writes it, without what counters show; JSON does not tell it. */
  readonly text: Told<string>;
  /** The kernel's number of the rule; a rule that is made again gets another. Told by `nft -a` and by JSON. */
  readonly handle: Told<number>;
  readonly statements: readonly NftStatement[];
  readonly comment: string | null;
  /** What its own counter shows; `null` where it has none. */
  readonly counters: { readonly packets: number; readonly bytes: number } | null;
};

/** How a base chain is hung up. */
export type NftHook = {
  readonly type: 'filter' | 'nat' | 'route' | 'unknown';
  readonly hook: string;
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** Of ingress and egress chains. */
  readonly devices: Told<readonly string[]>;
};

export type NftChain = {
  readonly name: string;
  readonly origin: Origin;
  /** `null`: reached only by jump or goto. */
  readonly base: NftHook | null;
  readonly rules: readonly NftRule[];
};

/** A named set, or a map when it holds data. */
export type NftSet = {
  readonly name: string;
  readonly origin: Origin;
  readonly isMap: boolean;
  /** How long an element stays that packets put there; `null`: until somebody takes it out. */
  readonly timeoutSeconds: number | null;
  /** How many elements packets may fill it up to; left out: not told. */
  readonly size?: number;
  readonly elements: readonly NftElement[];
  /** Why its elements are not known. */
  readonly problem: string | null;
};

/** A named object that a rule can ask; only quotas tell what they decide by. */
export type NftObject = { readonly of: string; readonly name: string; readonly quota: NftQuota | null };

export type NftFlowtable = { readonly name: string; readonly devices: readonly string[] };

/** A table of nftables, whole. Tables that iptables-nft made are `iptables` facts and not here. */
export type NftTable = Fact & {
  readonly family: 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';
  readonly name: string;
  /** A dormant table is not asked. */
  readonly dormant: boolean;
  /** Only the program that holds it may change it (NFT_TABLE_F_OWNER). */
  readonly owned: boolean;
  readonly chains: readonly NftChain[];
  readonly sets: readonly NftSet[];
  readonly objects: readonly NftObject[];
  readonly flowtables: readonly NftFlowtable[];
};

export const nft = defineKind<NftTable>()({
  id: 'nft',
  is: 'a table of nftables',
  key: (fact) => `${fact.family} ${fact.name}`,
  unordered: ['chains', 'elements'],
  capture: 'nft -a list ruleset',
});
