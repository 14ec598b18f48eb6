import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'flannel-files',
  is: 'what flanneld wrote down on this node',
  where: 'node',
  when: 'once',
  gives: ['subnet-env'],
  shell: `
found=
flanneld_flag subnet-file
for path in /run/flannel/subnet.env /var/run/flannel/subnet.env $flag; do
  [ -r "$path" ] || continue
  for other in $found; do
    if [ "$path" = "$other" ] || same_file "$path" "$other"; then continue 2; fi
  done
  found="$found $path"
  file flannel-files subnet-env "$path"
done
[ -n "$found" ] || file flannel-files subnet-env /run/flannel/subnet.env
flanneld_root
for path in /etc/kube-flannel/net-conf.json $root/etc/kube-flannel/net-conf.json; do
  if [ -r "$path" ]; then file flannel-files net-conf "$path"; break; fi
done
`,
});
