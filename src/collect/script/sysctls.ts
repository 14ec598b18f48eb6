const IPV4_DEVICE =
  'accept_local accept_redirects accept_source_route arp_accept arp_announce arp_filter arp_ignore bc_forwarding disable_policy disable_xfrm drop_unicast_in_l2_multicast forwarding ignore_routes_with_linkdown log_martians mc_forwarding medium_id proxy_arp proxy_arp_pvlan route_localnet rp_filter secure_redirects send_redirects shared_media src_valid_mark';
const IPV6_DEVICE =
  'accept_ra accept_redirects accept_source_route disable_ipv6 disable_policy drop_unicast_in_l2_multicast force_forwarding forwarding ignore_routes_with_linkdown mtu proxy_ndp use_oif_addrs_only use_tempaddr';
const NEIGHBOUR =
  'base_reachable_time_ms delay_first_probe_time gc_interval gc_stale_time gc_thresh1 gc_thresh2 gc_thresh3 mcast_solicit retrans_time_ms ucast_solicit unres_qlen';

const each = (folder: string, names: string): string =>
  names
    .split(' ')
    .map((name) => `${folder}/${name}`)
    .join(' ');

const FILES = [
  '/proc/sys/net/ipv4/*',
  '/proc/sys/net/ipv6/*',
  '/proc/sys/net/netfilter/*',
  '/proc/sys/net/bridge/*',
  '/proc/sys/net/core/*',
  each('/proc/sys/net/ipv4/neigh/default', NEIGHBOUR),
  each('/proc/sys/net/ipv6/neigh/default', NEIGHBOUR),
  '/proc/sys/net/ipv4/route/*',
  '/proc/sys/net/ipv4/vs/*',
  '/proc/sys/net/ipv6/route/*',
  '/proc/sys/net/ipv6/icmp/*',
  '/proc/sys/net/nf_conntrack_max',
  '/proc/sys/net/sctp/auth_enable',
  '/proc/sys/net/sctp/l3mdev_accept',
].join(' ');

/** The settings as `sysctl -a` writes them, read without that tool in one process, each under its name; keys that are secrets are left out, and a
 * count that is read with the table. */
export const SYSCTLS = String.raw`
sysctls() {
  # names are put together here, for a pattern would ask for every name of every device
  of_devices=''
  for device in /proc/sys/net/ipv4/conf/*; do of_devices="$of_devices IPV4"; done
  for device in /proc/sys/net/ipv6/conf/*; do of_devices="$of_devices IPV6"; done
  set -- FILES
  set -f
  # shellcheck disable=SC2086 # a list of paths
  set -- "$@" $of_devices
  set +f
  # the kernel makes room, all zeroes, for as much as a reader asks for at once: head asks for 8 KiB, where grep asks for 96 and cat for 128
  head -n 100 /dev/null "$@" 2>/dev/null | awk '
    # an empty line stands before each header but the first
    function told() {
      if (name ~ /(_key|stable_secret|nf_conntrack_count)$/) { count = 0; return }
      if (count > 0 && line[count] == "") count--
      if (count == 0) return
      name = substr(name, 11)
      gsub(/\//, "\001", name)
      gsub(/\./, "/", name)
      gsub(/\001/, ".", name)
      for (i = 1; i <= count; i++) print name " = " line[i]
      count = 0
    }
    /^==> \/.* <==$/ { told(); name = substr($0, 5, length($0) - 8); next }
    { line[++count] = $0 }
    END { line[++count] = ""; told() }'
}
`
  .replace('IPV4', each('$device', IPV4_DEVICE))
  .replace('IPV6', each('$device', IPV6_DEVICE))
  .replace('FILES', FILES)
  .trim();
