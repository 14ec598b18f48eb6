import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'iptables',
  is: 'the rules of both iptables backends and of nftables, without creating any table',
  where: 'everywhere',
  when: 'once',
  gives: ['iptables', 'nft'],
  shell: String.raw`
for six in '' 6; do
  names="/proc/net/ip$six""_tables_names"
  legacy=''
  if [ -e "$names" ]; then
    opening iptables ip-tables-names cat "$names"
    begun
    while read -r table; do
      echo "$table"
      legacy="$legacy $table"
    done 2>"$SAID" <"$names"
    finish $?
  else
    reading iptables ip-tables-names test ! -e "$names"
  fi
  # asking for a table that is not there would create it; with none named, those that are there are told
  if [ -n "$legacy" ] && [ "$LEGACY" = none ]; then
    gap iptables 'not collected' "there are legacy tables ($legacy ), and there is no iptables-legacy-save on this machine"
  elif [ -n "$legacy" ]; then
    reading iptables iptables-save "ip$six""tables$LEGACY-save" -c
  fi
done
if [ "$NFT" = absent ]; then
  opening iptables nft-ruleset sh -c '! grep -q "^nf_tables " /proc/modules || nft list ruleset'
  begun
  finish 0
elif [ "$NFT" = there ]; then
  opening iptables nft-ruleset nft -a list ruleset
  begun
  ruleset=$(limited nft -a list ruleset 2>"$SAID" </dev/null)
  status=$?
  [ -z "$ruleset" ] || printf '%s\n' "$ruleset"
  finish $status
  case $ruleset in *'table ip '*) reading iptables iptables-save iptables-nft-save -c ;; esac
  case $ruleset in *'table ip6 '*) reading iptables iptables-save ip6tables-nft-save -c ;; esac
  if [ $status != 0 ] && have iptables-nft-save; then
    reading iptables iptables-save iptables-nft-save -c
    reading iptables iptables-save ip6tables-nft-save -c
  fi
  ruleset=
elif have iptables-nft-save; then
  reading iptables iptables-save iptables-nft-save -c
  reading iptables iptables-save ip6tables-nft-save -c
  gap nft 'not collected' 'there is no nft on this machine, so that only the tables of iptables-nft could be listed'
else
  gap nft 'not collected' 'there is no nft and no iptables-nft-save on this machine'
  gap iptables 'not collected' 'there is no nft and no iptables-nft-save on this machine'
fi
`,
});
