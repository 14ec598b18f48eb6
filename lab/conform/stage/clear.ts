import type { Scene } from '../draw/scene.ts';
import type { Stage } from './raise.ts';

/** Empties the tables that are there, with ACCEPT for a policy; nft's own rules, then the sets that rules held, then what was tracked. */
const CLEAR = `
empty() {
  cat "$1" 2>/dev/null | while read -r table; do
    echo "*$table"
    case $table in
      filter) printf ':INPUT ACCEPT\\n:FORWARD ACCEPT\\n:OUTPUT ACCEPT\\n' ;;
    esac
    echo COMMIT
  done
}
empty /proc/net/ip_tables_names | xtables-legacy-multi iptables-restore
empty /proc/net/ip6_tables_names | xtables-legacy-multi ip6tables-restore
nft flush ruleset
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  if ipset destroy 2>/dev/null; then break; fi
  sleep 0.05
done
test -z "$(ipset list -name)"
read -r count </proc/sys/net/netfilter/nf_conntrack_count || true
test "$count" = 0 || conntrack -F 2>/dev/null
ip route flush cache; ip -6 route flush cache; ip tcp_metrics flush
`;

/** Lines after which a namespace's tables are all that is left of a scene. */
const KNOWN = /^ipset /;

/** Empties a stage after a scene; not, where the scene changed more than can be taken back. */
export async function cleared(stage: Stage, { rules, layout, change }: Scene): Promise<boolean> {
  const lines = [...rules.filter((rule) => rule.form === 'line'), ...(change?.lines ?? [])];
  if (lines.some(({ run }) => !KNOWN.test(run))) return false;
  const ran = await Promise.all(layout.namespaces.map(({ name }) => stage.shell(name, CLEAR)));
  return ran.every(({ code }) => code === 0);
}
