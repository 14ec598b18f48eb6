import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'flannel-files',
  is: 'what flanneld wrote down on this node',
  where: 'node',
  when: 'once',
  gives: ['subnet-env'],
  shell: `
found=
for path in /run/flannel/subnet.env /var/run/flannel/subnet.env $(flanneld_flag subnet-file); do
  [ -r "$path" ] || continue
  inode=$(inode_of "$path")
  case "$found " in *" $inode "*) continue ;; esac
  found="$found $inode"
  file flannel-files subnet-env "$path"
done
[ -n "$found" ] || file flannel-files subnet-env /run/flannel/subnet.env
for path in /etc/kube-flannel/net-conf.json $(flanneld_root)/etc/kube-flannel/net-conf.json; do
  if [ -r "$path" ]; then file flannel-files net-conf "$path"; break; fi
done
`,
});
