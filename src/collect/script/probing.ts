/** Finds out, once per capture, which tools are there and which forms they know. */
export const PROBING = String.raw`
IP=plain IP_DETAILS='' IP_STATISTICS=''
if ip -j link show >/dev/null 2>&1; then
  IP=json IP_DETAILS=-d
elif ip -d link show >/dev/null 2>&1; then
  IP=text IP_DETAILS=-d
fi
[ "$IP" = plain ] || IP_STATISTICS='-s -s'
BRIDGE=none
if have bridge; then BRIDGE=text; fi
if [ "$BRIDGE" = text ] && bridge -j fdb show >/dev/null 2>&1; then BRIDGE=json; fi
SS=none SOCKET_OPTIONS=--inet-sockopt
for options in SOH OH H; do
  case $options in S*) [ -e /proc/net/sctp ] || continue ;; esac
  if [ "$SS" = none ] && have ss && ss -tn$options --inet-sockopt state listening >/dev/null 2>&1; then SS=$options; fi
done
for options in SOH OH H; do
  case $options in S*) [ -e /proc/net/sctp ] || continue ;; esac
  if [ "$SS" = none ] && have ss && ss -tn$options state listening >/dev/null 2>&1; then SS=$options SOCKET_OPTIONS=''; fi
done
NETSTAT=none
if [ "$SS" = none ] && netstat -antuop >/dev/null 2>&1; then NETSTAT=-antuo; fi
kernel_has() {
  [ ! -s /proc/modules ] || grep -q "^$1 " /proc/modules || grep -q "/$1\.ko" "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null
}
NFT=none
if ! kernel_has nf_tables; then NFT=absent; elif have nft; then NFT=there; fi
LEGACY=none
if have iptables-legacy-save; then
  LEGACY=-legacy
elif have iptables-save; then
  case $(iptables --version 2>/dev/null) in *nf_tables*) ;; *) LEGACY= ;; esac
fi
ENTER=none
if have nsenter; then ENTER=nsenter; elif have ip && ip netns list >/dev/null 2>&1; then ENTER=ip; fi
set -- /sys/devices/system/cpu/cpu[0-9]*
PARALLEL=$(($# * 2))
[ "$PARALLEL" -le 8 ] || PARALLEL=8
UNIT_FOLDERS='/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system'
[ -d /usr/lib/systemd/system ] || UNIT_FOLDERS="$UNIT_FOLDERS /lib/systemd/system"
UNITS=
for unit in calico-felix calico-node cilium containerd coredns cri-docker crio docker etcd ferm firewalld flannel flanneld \
  haproxy ip6tables iptables k3s k3s-agent keepalived kube-proxy kube-router kubelet netfilter-persistent \
  network networking NetworkManager nftables node-cache rke2-agent rke2-server shorewall systemd-networkd systemd-resolved \
  systemd-sysctl ufw weave; do
  for folder in $UNIT_FOLDERS; do
    if [ -e "$folder/$unit.service" ] || [ -d "$folder/$unit.service.d" ]; then UNITS="$UNITS $unit"; break; fi
  done
done
`.trim();
