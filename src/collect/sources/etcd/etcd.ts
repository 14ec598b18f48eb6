import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'etcd',
  is: "flannel's configuration and leases over etcd's HTTP API, as flanneld itself would ask",
  where: 'node',
  when: 'once',
  gives: ['lease', 'flannel-config'],
  shell: `
flanneld_flag etcd-endpoints
endpoints=$flag
flanneld_flag etcd-prefix
prefix=$flag
[ -n "$prefix" ] || prefix=/coreos.com/network
case $prefix in /*) ;; *) prefix=/$prefix ;; esac
while read -r setting; do
  case $setting in kube-subnet-mgr*) endpoints= ;; esac
done <"$WORK/flanneld"
if [ -z "$endpoints" ]; then
  gap lease 'not collected' 'no flanneld with etcd endpoints was found on this node, running or as a unit'
else
  etcd_read "$endpoints" "$prefix"
fi
`,
});
