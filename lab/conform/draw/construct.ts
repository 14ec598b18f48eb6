import type { Dice } from '../../draw/dice.ts';
import type { Layout, Namespace } from './layout.ts';
import type { Aim, Aimed, Conversation, Protocol } from './packet.ts';
import type { Backend, Family, Hook, Line, Rule, Table } from './rule.ts';

/** What a scene is about: `--area`. */
export const AREAS = ['filter', 'nat', 'conntrack', 'route', 'bridge', 'vxlan', 'nft', 'services', 'others'] as const;
/** Scenes of what this kernel lacks the modules for: a guest's kernel judges them. */
export const GUEST_AREAS = ['link', 'ipvs', 'modules'] as const;
export type Area = (typeof AREAS)[number] | (typeof GUEST_AREAS)[number];

/** What may be named in rules and packets of one family, drawn from one pool so that they meet. */
export type Pool = {
  /** Addresses of devices, and virtual ones. */
  readonly addresses: readonly string[];
  readonly prefixes: readonly string[];
  readonly ports: readonly number[];
  readonly marks: readonly number[];
};

/** Where a rule stands: what it may name. */
export type Site = {
  readonly dice: Dice;
  readonly layout: Layout;
  readonly here: Namespace;
  readonly family: Family;
  readonly pool: Pool;
  /** A name that nothing else in this scene has: `fresh('set')` is `set3`. */
  readonly fresh: (prefix: string) => string;
};

/** Where an iptables rule stands. `hooks` are the built-in chains that lead to it. */
export type IptablesSite = Site & {
  readonly backend: Backend;
  readonly table: Table;
  readonly hooks: readonly Hook[];
  /** What the rule already demands with `-p`; a piece that needs another one answers null. */
  readonly protocol: Protocol | null;
};

/** Options of one rule, literally as iptables-restore takes them. */
export type Piece = {
  readonly text: string;
  /** The rule must begin with this `-p`; it is written for you. */
  readonly protocol?: Protocol;
  /** What must be there before (ipset create …). */
  readonly before?: readonly Rule[];
  /** Packets that should be tried because of it: some are drawn with these fields. */
  readonly aims?: readonly Aim[];
  /** What only a packet with what it wrote meets: the rule after it drops those, so that it is seen whether it was written. */
  readonly asks?: string;
  /** It stands behind the rule's other conditions: what it let through the rule's counter tells then. */
  readonly last?: true;
};

/** Parts of an nft rule; the same with nft's words. `before` may add sets and maps to `table` (`inet t1`). */
export type NftSite = Site & {
  readonly table: string;
  readonly hooks: readonly Hook[];
  readonly chainType: 'filter' | 'nat' | 'route';
  /** Of the chain that leads to it. */
  readonly priority: number;
};

/** The conversation that tries some rules where hardly another does: its id, `null` for any that is opened so, and who is to open it. */
export type Talk = { readonly by: string | null; readonly aims: readonly Aimed[] };

/** Rules of any form that belong together. */
export type Group = {
  readonly rules: readonly Rule[];
  readonly aims?: readonly Aimed[];
  readonly talk?: Talk;
  /** Run where rules change in the middle. */
  readonly later?: readonly Line[];
};

/**
 * One construct of the grammar, the default export of one file `draw/<area>/<name>.ts`; its id is `<area>/<name>`. A draw
 * answers null where the construct does not fit; the drawer then takes another.
 */
export type Construct = {
  /** Set where the model cannot know the outcome: it is drawn ten times less, enough to see that it says so. */
  readonly rare?: true;
} & (
  | { readonly kind: 'iptables match'; readonly draw: (site: IptablesSite) => Piece | null }
  | {
      readonly kind: 'iptables target';
      readonly tables: readonly Table[];
      readonly hooks: readonly Hook[];
      readonly draw: (site: IptablesSite) => Piece | null;
    }
  | { readonly kind: 'nft match'; readonly draw: (site: NftSite) => Piece | null }
  | { readonly kind: 'nft statement'; readonly draw: (site: NftSite) => Piece | null }
  /** Whole groups of rules of any form: chains of a shape, sets, `ip rule` with its table, sysctls. `by` is filled in for you. */
  | { readonly kind: 'rules'; readonly draw: (site: Site & { readonly backend: Backend }) => Group | null }
  | { readonly kind: 'layout'; readonly draw: (dice: Dice) => Layout }
  | {
      readonly kind: 'conversation';
      readonly draw: (site: Site, packet: Extract<Conversation['steps'][number], { does: 'send' }>) => Conversation | null;
    }
);

/** The number at the end of a fresh name: it parts priorities, for which of two chains of one is asked first nobody tells. */
export const numberOf = (fresh: string): number => Number(/\d+$/.exec(fresh)?.[0]);

/** Makes the type of a construct checked where it is written. */
export const construct = (one: Construct): Construct => one;
