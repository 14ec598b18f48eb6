import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'logs',
  is: 'the last lines of the network components',
  where: 'node',
  when: 'once',
  gives: ['log-line'],
  shell: String.raw`
if [ -n "$UNITS" ] && have journalctl; then
  set --
  for unit in $UNITS; do set -- "$@" -u "$unit"; done
  reading logs log journalctl --no-pager -q -o short-iso -n 2000 "$@"
fi
for path in /var/log/flanneld.log /var/log/kubelet.log /var/log/kube-proxy.log /var/log/docker.log /var/log/etcd.log \
  /var/log/containers/*flannel*.log /var/log/containers/kube-proxy-*.log /var/log/containers/coredns-*.log /var/log/containers/calico-node-*.log; do
  [ ! -r "$path" ] || reading logs log tail -n 500 "$path"
done
`,
});
