import type { IptablesRule, IptablesTable } from '#facts/iptables/iptables';

/** A jump out of a built-in chain; its place is counted from 1. */
export type Jump = { readonly table: IptablesTable; readonly chain: string; readonly position: number; readonly rule: IptablesRule };

/** kubelet's own chains are there rightly, whoever serves Services. */
const isKubeProxys = (target: string | undefined): boolean => target?.startsWith('KUBE-') === true && target !== 'KUBE-FIREWALL';

/** The jumps into kube-proxy's chains, the last of each chain first: so places stay true while one after the other is deleted. */
export const kubeProxyJumps = (tables: readonly IptablesTable[]): readonly Jump[] =>
  tables.flatMap((table) =>
    table.chains
      .filter(({ policy }) => policy !== null)
      .flatMap(({ name, rules }) =>
        rules
          .map((rule, at): Jump => ({ table, chain: name, position: at + 1, rule }))
          .filter(({ rule }) => isKubeProxys(rule.target?.name))
          .toReversed(),
      ),
  );
