# A router with a bridge that knows VLANs, a tunnel of WireGuard with two peers, and Services that kube-proxy would make with IPVS.
set -e
for module in bridge 8021q dummy veth wireguard ip_vs ip_vs_rr ip_vs_wlc ip_vs_sh; do modprobe $module; done
ip link set lo up

ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 1
for port in 1 2 3; do
  ip netns add host$port
  ip link add port$port type veth peer name eth0 netns host$port
  ip link set port$port master br0 up
  ip -n host$port link set eth0 up
done
ip link set br0 up
bridge vlan add dev port1 vid 10 pvid untagged
bridge vlan del dev port1 vid 1
bridge vlan add dev port2 vid 10
bridge vlan add dev port2 vid 20-24
bridge vlan add dev br0 vid 10 self
ip link add link br0 name br0.10 type vlan id 10
ip addr add 10.7.10.1/24 dev br0.10
ip link set br0.10 up
bridge fdb add 02:00:00:00:00:99 dev port2 master static vlan 20

ip link add wg0 type wireguard
umask 077
wg genkey >/run/own.key
wg genkey | wg pubkey >/run/one.pub
wg genkey | wg pubkey >/run/other.pub
wg set wg0 private-key /run/own.key listen-port 51820 fwmark 0x1000
wg set wg0 peer "$(cat /run/one.pub)" endpoint 192.0.2.7:51820 allowed-ips 10.244.1.0/24,2001:db8:1::/64 persistent-keepalive 25
wg set wg0 peer "$(cat /run/other.pub)"
ip addr add 10.7.0.1/24 dev wg0
ip link set wg0 up
ip link add wg1 type wireguard
ip link add wg2 type wireguard
wg set wg2 peer "$(wg genkey | wg pubkey)" endpoint '[2001:db8::7]:51821'

ip link add kube-ipvs0 type dummy
for address in 10.96.0.10 10.96.31.62 2001:db8:96::10; do ip addr add $address dev kube-ipvs0; done
ipvsadm -A -u 10.96.0.10:53 -s rr
ipvsadm -a -u 10.96.0.10:53 -r 10.7.10.21:53 -m
ipvsadm -a -u 10.96.0.10:53 -r 10.7.10.22:53 -m -w 3
ipvsadm -A -t 10.96.31.62:80 -s wlc -p 10800
ipvsadm -a -t 10.96.31.62:80 -r 10.7.10.21:8080 -m
ipvsadm -a -t 10.96.31.62:80 -r 10.7.10.23:8080 -m -w 0
ipvsadm -A -t [2001:db8:96::10]:53 -s sh
ipvsadm -a -t [2001:db8:96::10]:53 -r [2001:db8:7::21]:53 -m
ipvsadm -A -f 7 -s rr
ipvsadm -a -f 7 -r 10.7.10.21 -g
ipvsadm -A -t 10.96.9.9:443 -s rr
timeout 1 busybox nc 10.96.31.62 80 </dev/null || true
