#!/bin/sh
# Puts what the lab lacks on a Debian or Ubuntu machine, as root; elsewhere says so and ends well.
# One list: a package, the program that shows that it is there, and why the lab wants it.
set -eu
PATH=$PATH:/usr/sbin:/sbin

wanted() {
  cat <<'LIST'
iproute2 ip namespaces, links, routes, neighbours, FDB: the lab is built with it
iptables iptables-save both backends; kube-proxy's and flanneld's rules
util-linux unshare namespaces, and the guard that lets none of it outlive the lab
mount mount own /proc, /run and /etc for every node
procps sysctl scenarios set sysctls with it
kmod modprobe iptables matches that are modules are loaded through it
conntrack conntrack connection tracking entries are listed and flushed with it
nftables nft native nftables are captured with it
ipset ipset sets of addresses that iptables rules ask and fill: conform draws them
etcd-server etcd the real etcd, in place of the stand-in
etcd-client etcdctl the real etcdctl beside it
bpftrace bpftrace the kernel's own word on where packets died (real root only)
tcpdump tcpdump packet captures that the parsers are held against
net-tools ifconfig older forms of output that the parsers are held against
bridge-utils brctl older forms of output that the parsers are held against
iputils-ping ping recorded pings; the lab itself does without
bind9-dnsutils dig recorded look-ups; the lab itself does without
busybox-static busybox the smallest userland that the portable capture must run in
shellcheck shellcheck the portable capture is read for what only some shells know
debootstrap debootstrap the userlands of Debian 11, 12 and 13, unpacked once
qemu-system-x86 qemu-system-x86_64 a machine with Debian's own kernel, for what this one lacks (x64 only)
xz-utils xz that kernel is unpacked with it
LIST
}

missing() { wanted | while read -r package program reason; do command -v "$program" >/dev/null 2>&1 || echo "$package"; done; }

say() { echo "lab:install: $*"; }

if ! command -v apt-get >/dev/null 2>&1; then
  say "this is no Debian or Ubuntu; nothing is installed. The lab needs iproute2, iptables and util-linux, and uses what else it finds."
  exit 0
fi
# Debian's own Go is too old, and not every machine needs what is built with it.
command -v go >/dev/null 2>&1 || say "there is no Go (https://go.dev/dl): without it the real flanneld and Kubernetes, the judge of policies and conform are skipped by name"
lacking=$(missing | tr '\n' ' ')
if [ -z "${lacking% }" ]; then
  say "nothing is missing"
  exit 0
fi
wanted | while read -r package program reason; do
  case " $lacking" in *" $package "*) say "missing: $package ($reason)" ;; esac
done
if [ "$(id -u)" != 0 ]; then
  say "not root, so nothing is installed; as root: apt-get install $lacking"
  exit 0
fi

install() { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $lacking >/tmp/leadline-lab-install.$$ 2>&1; }
# The package lists are fetched only when the ones that are there do not do.
install || { say "fetching the package lists"; apt-get update >/dev/null 2>&1 || true; install; } || {
  tail -n 20 /tmp/leadline-lab-install.$$ >&2
  rm -f /tmp/leadline-lab-install.$$
  say "apt-get could not install: $lacking"
  exit 1
}
rm -f /tmp/leadline-lab-install.$$
# Installing a server starts it; the lab starts its own, in namespaces.
if command -v systemctl >/dev/null 2>&1; then systemctl disable --now etcd >/dev/null 2>&1 || true; fi
say "installed: $lacking"
