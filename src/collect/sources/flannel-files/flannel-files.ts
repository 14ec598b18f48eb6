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
  case " $found " in *" $(ls -Lid "$path" | awk '{ print $1 }') "*) continue ;; esac
  found="$found $(ls -Lid "$path" | awk '{ print $1 }')"
  reading flannel-files subnet-env cat "$path"
done
[ -n "$found" ] || reading flannel-files subnet-env cat /run/flannel/subnet.env
for path in /etc/kube-flannel/net-conf.json $(flanneld_root)/etc/kube-flannel/net-conf.json; do
  if [ -r "$path" ]; then reading flannel-files net-conf cat "$path"; break; fi
done
`,
});
