export type Family = 4 | 6;
export type Backend = 'legacy' | 'nft';
export type Table = 'raw' | 'mangle' | 'nat' | 'filter' | 'security';
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** A literal command line in a namespace, words by blanks, run by `sh`. */
export type Line = { readonly in: string; readonly run: string };

/**
 * One thing that is loaded into a namespace and can be left out alone: the unit of shrinking and of coverage.
 * `by` names the constructs in it.
 */
export type Rule = { readonly in: string; readonly by: readonly string[] } & (
  | {
      /**
       * One line of `iptables-restore`: `-A FORWARD …` or, for a policy, `:FORWARD DROP`. User chains are declared by
       * themselves. Rules of one table are loaded in the order of the list.
       */
      readonly form: 'iptables';
      readonly backend: Backend;
      readonly family: Family;
      readonly table: Table;
      readonly text: string;
    }
  /** One command of `nft -f`: `add table inet t`, `add chain …`, `add rule …`; loaded in order. Write `counter` into rules. */
  | { readonly form: 'nft'; readonly text: string }
  /** A command line (`ip`, `ipset`, `bridge`, `sysctl -w`, `conntrack`), run before all tables are loaded, in order. */
  | { readonly form: 'line'; readonly run: string }
);
