import type { NftExpression, NftVerdict } from './expression.ts';

export type MatchOp = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!';

/** What a rule does, in order; the first comparison that does not hold ends the rule. */
export type NftStatement =
  | { readonly does: 'match'; readonly op: MatchOp; readonly left: NftExpression; readonly right: NftExpression }
  | { readonly does: 'vmap'; readonly key: NftExpression; readonly data: NftExpression }
  | { readonly does: 'verdict'; readonly verdict: NftVerdict }
  /** An anonymous counter, or a named one that several rules share. */
  | { readonly does: 'counter'; readonly name: string | null }
  /** Writes a mark, a header field, an option. */
  | { readonly does: 'write'; readonly to: NftExpression; readonly value: NftExpression }
  | NftNat
  | {
      readonly does: 'reject';
      /** `null`: port unreachable of the packet's family. */
      readonly with: { readonly type: 'tcp reset' | 'icmp' | 'icmpv6' | 'icmpx'; readonly code: string | number | null } | null;
    }
  | { readonly does: 'limit'; readonly what: string; readonly rate?: NftRate }
  | { readonly does: 'quota'; readonly quota: NftQuota | string }
  | {
      readonly does: 'element';
      readonly op: 'add' | 'update' | 'delete';
      readonly set: string;
      readonly key: NftExpression;
      /** How long the element stays, where the rule says so itself. */
      readonly timeoutSeconds?: number;
      /** Whether a limit of its own decides if the rule goes on. */
      readonly limited: boolean;
    }
  | { readonly does: 'flow'; readonly table: string }
  | {
      readonly does: 'tproxy';
      readonly family: string | null;
      readonly address: NftExpression | null;
      readonly port: NftExpression | null;
    }
  /** Which queue, where it is a number or several by a hash; else `null`. */
  | { readonly does: 'queue'; readonly range: readonly [first: number, last: number] | null; readonly bypass: boolean }
  | { readonly does: 'log' | 'notrack' | 'last' | 'dup' | 'fwd' | 'synproxy' }
  /** A named object other than a counter, a limit or a quota: helper, timeout, expectation, secmark. */
  | { readonly does: 'object'; readonly of: string; readonly name: string }
  | { readonly does: 'unknown'; readonly text: string };

export type NftNat = {
  readonly does: 'nat';
  readonly kind: 'dnat' | 'snat' | 'masquerade' | 'redirect';
  readonly family: 'ip' | 'ip6' | null;
  readonly address: NftExpression | null;
  readonly port: NftExpression | null;
  /** `random`, `fully-random`, `persistent`; `netmap`: only the network part is replaced, which the text calls `prefix`. */
  readonly flags: readonly string[];
};

/** How many packets may pass in a unit of time (or, `over`, have to be beyond them), and how many of them can be saved up. */
export type NftRate = { readonly packets: number; readonly per: string; readonly over: boolean; readonly burst: number };

/** How much may pass (or, `over`, has to have passed), and how much did. */
export type NftQuota = { readonly bytes: number; readonly over: boolean; readonly used: number };
