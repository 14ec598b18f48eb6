/** What `ip -N` and `ip -d -N` print instead of names (linux/rtnetlink.h, iproute2's etc/iproute2 and lib/rt_names.c). */
function named(names: Readonly<Record<string, string>>): Naming {
  const map = new Map(Object.entries(names));
  function name(text: string): string;
  function name(text: string | undefined): string | undefined;
  function name(text: string | undefined): string | undefined {
    return text === undefined ? undefined : (map.get(text) ?? text);
  }
  return name;
}

/** A word as a name; what no word told stays untold. */
type Naming = {
  (text: string): string;
  (text: string | undefined): string | undefined;
};

/** The scope of an address or a route. */
export const scopeName = named({ '0': 'global', '200': 'site', '253': 'link', '254': 'host', '255': 'nowhere' });

/** Who made a route. */
export const protocolName = named({
  '0': 'unspec',
  '1': 'redirect',
  '2': 'kernel',
  '3': 'boot',
  '4': 'static',
  '8': 'gated',
  '9': 'ra',
  '11': 'zebra',
  '12': 'bird',
  '16': 'dhcp',
  '18': 'keepalived',
  '42': 'babel',
  '186': 'bgp',
  '187': 'isis',
  '188': 'ospf',
  '189': 'rip',
  '192': 'eigrp',
});

/** The type of a route, and what a rule does in place of a lookup. */
export const routeType = named({
  '1': 'unicast',
  '2': 'local',
  '3': 'broadcast',
  '4': 'anycast',
  '5': 'multicast',
  '6': 'blackhole',
  '7': 'unreachable',
  '8': 'prohibit',
  '9': 'throw',
});

/** The kind of hardware behind `link/` (linux/if_arp.h). */
export const hardwareName = named({
  '[1]': 'ether',
  '[768]': 'ipip',
  '[772]': 'loopback',
  '[776]': 'sit',
  '[778]': 'gre',
  '[65534]': 'none',
});

/** The group of a device. */
export const groupName = named({ '0': 'default' });
