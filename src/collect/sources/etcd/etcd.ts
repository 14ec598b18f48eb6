import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'etcd',
  is: "flannel's configuration and leases over etcd's HTTP API, as flanneld itself would ask",
  where: 'node',
  when: 'once',
  gives: ['lease', 'flannel-config'],
  shell: `
endpoints=$(flanneld_flag etcd-endpoints)
prefix=$(flanneld_flag etcd-prefix)
[ -n "$prefix" ] || prefix=/coreos.com/network
case $prefix in /*) ;; *) prefix=/$prefix ;; esac
if grep -q '^kube-subnet-mgr' "$WORK/flanneld" || [ ! -s "$WORK/flanneld" ]; then
  endpoints=
fi
if [ -z "$endpoints" ]; then
  gap lease 'not collected' 'no flanneld with etcd endpoints was found on this node, running or as a unit'
else
  etcd_read "$endpoints" "$prefix"
fi
`,
});
