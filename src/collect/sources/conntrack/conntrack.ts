import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'conntrack',
  is: 'the connection table, at most 50000 entries of it',
  where: 'everywhere',
  when: 'every look',
  gives: ['conntrack'],
  shell: `
count=0 room='' most=50000
if [ -r /proc/sys/net/netfilter/nf_conntrack_count ]; then
  # where read asks byte by byte the kernel gives a setting's first digit only: that is enough for none
  count=''
  read -r count </proc/sys/net/netfilter/nf_conntrack_count || : # an end without a newline
  [ "$count" = 0 ] || { read -r count; read -r room; } <<COUNTS
$(cat /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max 2>/dev/null)
COUNTS
  if have conntrack; then list='conntrack -L'; else list='cat /proc/net/nf_conntrack'; fi
  if [ "$count" = 0 ]; then
    opening conntrack conntrack sh -c "test $count = 0 || $list"
    begun
    finish 0
  elif [ "$count" -le "$most" ]; then
    reading conntrack conntrack $list
  else
    opening conntrack conntrack sh -c "$list | head -n $most"
    begun
    limited $list 2>"$SAID" </dev/null | head -n "$most"
    finish $?
    gap conntrack 'not collected' "only the first $most of $count entries were read"
  fi
  opening conntrack sysctl cat /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max
  begun
  echo "net.netfilter.nf_conntrack_count = $count"
  [ -z "$room" ] || echo "net.netfilter.nf_conntrack_max = $room"
  finish 0
else
  # asking for the table would load the module, and old kernels then track every packet
  gap conntrack 'not collected' 'this kernel does not track connections now: there is no nf_conntrack_count'
fi
`,
});
