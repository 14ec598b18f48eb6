import type { Gap } from '#snapshot/gap';
import type { Context, Options } from './context.ts';

/** What a NAT target asks for (struct nf_nat_range2). */
export type Rewrite = {
  readonly what: 'source' | 'destination';
  /** `mapped`: the network part is replaced, the host part kept. */
  readonly to: 'addresses' | 'masquerade' | 'redirect' | 'same' | 'mapped';
  readonly addresses: readonly string[];
  /** `80`, `80-90`, `80-90/8080`: the last is the port that the first of the range stands for. */
  readonly ports: string | null;
  /** A port drawn at random each time (NF_NAT_RANGE_PROTO_RANDOM_ALL). */
  readonly random?: boolean;
  /** The same address of a range for a source, whatever the destination. */
  readonly persistent?: boolean;
};

/** What a target does with a packet that its rule matched. */
export type Effect =
  | { readonly does: 'accept' | 'drop' | 'return' | 'go on' }
  | { readonly does: 'reject'; readonly with: string }
  /** Handed to a program that is not there. */
  | { readonly does: 'unheard'; readonly says: string }
  | { readonly does: 'rewrite'; readonly rewrite: Rewrite }
  | { readonly does: 'unknown'; readonly detail: string; readonly gap?: Gap };

/** A target of a name: how its options become an act. Nothing: not understood. */
export type Target = (options: Options) => (context: Context) => Effect;

/** The same where the options may not be understood. */
export type MaybeTarget = (options: Options) => ReturnType<Target> | undefined;

export const GO_ON: Effect = { does: 'go on' };
