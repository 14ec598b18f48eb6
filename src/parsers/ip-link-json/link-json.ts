import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { booleanAt, listAt, member, numberAt, textAt } from '../document.ts';
import { NOTHING } from '../ip-link/counter-rows.ts';
import { portState } from '../ip-link/details.ts';
import { maskOf, tosOf, tunnelOf, upperOf } from '../ip-link/kinds.ts';
import { groupName, hardwareName, scopeName } from '../iproute2-numbers.ts';
import { type Link, linkOf } from '../ip-link/device.ts';

type Address = FactOf<'address'>;
type LinkCounters = FactOf<'link-counters'>;

const bit = (value: unknown, ...path: readonly string[]): boolean | undefined => {
  const number = numberAt(value, ...path);
  return number === 0 ? false : number === 1 ? true : booleanAt(value, ...path);
};

const ipAt = (value: unknown, name: string) => parseIp(textAt(value, name) ?? textAt(value, `${name}6`) ?? '') ?? null;

function vxlanOf(data: unknown): Link['vxlan'] {
  const vni = numberAt(data, 'id');
  if (vni === undefined) return undefined;
  const df = textAt(data, 'df');
  return {
    vni,
    local: ipAt(data, 'local'),
    remote: ipAt(data, 'remote'),
    group: ipAt(data, 'group'),
    dev: textAt(data, 'link') ?? null,
    port: numberAt(data, 'port'),
    learning: booleanAt(data, 'learning'),
    external: booleanAt(data, 'external') ?? false,
    df: df === 'set' || df === 'inherit' || df === 'unset' ? df : undefined,
    ttl: textAt(data, 'ttl') === 'inherit' ? 'inherit' : numberAt(data, 'ttl'),
    tos: tosOf(textAt(data, 'tos')),
    proxy: booleanAt(data, 'proxy') ?? false,
    l2miss: booleanAt(data, 'l2miss') ?? false,
    ageingSeconds: numberAt(data, 'ageing'),
    localBypass: booleanAt(data, 'localbypass'),
  };
}

const bridgeOf = (data: unknown): Link['bridge'] => {
  const ageing = numberAt(data, 'ageing_time');
  return {
    stp: bit(data, 'stp_state'),
    vlanFiltering: bit(data, 'vlan_filtering'),
    ageingSeconds: ageing === undefined ? undefined : ageing / 100,
    defaultPvid: numberAt(data, 'vlan_default_pvid'),
    multicastSnooping: bit(data, 'mcast_snooping'),
    groupForwardMask: maskOf(textAt(data, 'group_fwd_mask')),
    callsIptables: bit(data, 'nf_call_iptables'),
    callsIp6tables: bit(data, 'nf_call_ip6tables'),
  };
};

const portOf = (data: unknown): Link['port'] => ({
  state: portState(textAt(data, 'state')),
  hairpin: booleanAt(data, 'hairpin'),
  isolated: booleanAt(data, 'isolated'),
  learning: booleanAt(data, 'learning'),
  flood: booleanAt(data, 'flood'),
  multicastFlood: booleanAt(data, 'mcast_flood'),
  broadcastFlood: booleanAt(data, 'bcast_flood'),
  neighbourSuppress: booleanAt(data, 'neigh_suppress'),
  proxyArp: booleanAt(data, 'proxy_arp'),
  locked: booleanAt(data, 'locked'),
  vlanTunnel: booleanAt(data, 'vlan_tunnel'),
  multicastToUnicast: booleanAt(data, 'mcast_to_unicast'),
  groupForwardMask: maskOf(textAt(data, 'group_fwd_mask_str')),
});

/** What only `ip -d` tells; nothing when the object has no details. */
function detailsOf(device: unknown, linkType: string | undefined): Partial<Link> {
  const promiscuity = numberAt(device, 'promiscuity');
  if (promiscuity === undefined) return {};
  const info = member(device, 'linkinfo');
  const kind = textAt(info, 'info_kind');
  return {
    type: kind ?? (linkType === 'loopback' ? 'loopback' : 'device'),
    vxlan: kind === 'vxlan' ? vxlanOf(member(info, 'info_data')) : null,
    bridge: kind === 'bridge' ? bridgeOf(member(info, 'info_data')) : null,
    port: textAt(info, 'info_slave_kind') === 'bridge' ? portOf(member(info, 'info_slave_data')) : null,
    gsoMaxSegs: numberAt(device, 'gso_max_segs'),
    promiscuity,
    tunnel: tunnelOf(kind ?? '', wordsOfData(member(info, 'info_data'))),
    upper: upperOf(kind ?? '', wordsOfData(member(info, 'info_data'))),
  };
}

/** The details of a device of any kind as name and word, or words. */
function wordsOfData(data: unknown): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  if (typeof data !== 'object' || data === null) return words;
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') words.set(name, String(value));
    if (Array.isArray(value)) words.set(name, value.filter((one) => typeof one === 'string').join(' '));
  }
  return words;
}

/** The peer as text forms write it behind the name. */
function peerText(device: unknown): string {
  const named = textAt(device, 'link');
  const index = numberAt(device, 'link_index');
  return named !== undefined ? `@${named}` : index !== undefined ? `@if${index}` : '';
}

/** One device of `ip -j link` or `addr`. Nothing when it is no device. */
export function linkOfJson(device: unknown, origin: Origin): Link | undefined {
  const name = textAt(device, 'ifname');
  if (name === undefined) return undefined;
  const flags = listAt(device, 'flags');
  const linkType = hardwareName(textAt(device, 'link_type'));
  const base = linkOf({
    name: `${name}${peerText(device)}`,
    index: numberAt(device, 'ifindex'),
    flags: (flags ?? []).filter((flag): flag is string => typeof flag === 'string'),
    mtu: numberAt(device, 'mtu'),
    operState: textAt(device, 'operstate'),
    // `-br` leaves out more than it shows
    master: textAt(device, 'master') ?? (numberAt(device, 'mtu') === undefined ? undefined : null),
    linkType,
    address: textAt(device, 'address'),
    netnsid: numberAt(device, 'link_netnsid'),
    elsewhere: textAt(device, 'link_netns') !== undefined,
    origin,
  });
  const group = textAt(device, 'group');
  const attached = {
    ...(group === undefined ? {} : { group: groupName(group) }),
    ...(flags === undefined ? {} : { xdp: member(device, 'xdp') !== undefined }),
  };
  return { ...base, ...attached, ...(flags === undefined ? UNFLAGGED : {}), ...detailsOf(device, linkType) };
}

const UNFLAGGED = { up: undefined, carrier: undefined, noArp: undefined, promiscuous: undefined };

/** `-br` tells the address alone. */
const UNTOLD = {
  broadcast: undefined,
  scope: undefined,
  secondary: undefined,
  deprecated: undefined,
  tentative: undefined,
  duplicate: undefined,
  temporary: undefined,
  noPrefixRoute: undefined,
  label: undefined,
};

const flagsOf = (info: unknown): Pick<Address, keyof typeof UNTOLD> => ({
  broadcast: parseIp(textAt(info, 'broadcast') ?? '') ?? null,
  scope: scopeName(textAt(info, 'scope')),
  secondary: booleanAt(info, 'secondary') ?? false,
  deprecated: booleanAt(info, 'deprecated') ?? false,
  tentative: booleanAt(info, 'tentative') ?? false,
  duplicate: booleanAt(info, 'dadfailed') ?? false,
  temporary: booleanAt(info, 'temporary') ?? false,
  noPrefixRoute: booleanAt(info, 'noprefixroute') ?? false,
  label: textAt(info, 'label') ?? null,
});

/** One member of `addr_info`. */
export function addressOfJson(dev: string, info: unknown, origin: Origin): Address | undefined {
  const address = parseIp(textAt(info, 'local') ?? '');
  const length = numberAt(info, 'prefixlen');
  if (address === undefined || length === undefined) return undefined;
  return {
    dev,
    address,
    length,
    peer: parseIp(textAt(info, 'address') ?? '') ?? null,
    ...(textAt(info, 'scope') === undefined ? UNTOLD : flagsOf(info)),
    origin,
  };
}

/** The counters of a device, where `-s` was asked for. */
export function countersOfJson(name: string, device: unknown, origin: Origin): LinkCounters | undefined {
  const place = ['stats64', 'stats'].find((one) => member(device, one) !== undefined);
  const stats = place === undefined ? undefined : member(device, place);
  const rx = member(stats, 'rx');
  const tx = member(stats, 'tx');
  if (rx === undefined || tx === undefined) return undefined;
  return {
    ...NOTHING,
    name,
    rxPackets: numberAt(rx, 'packets'),
    rxBytes: numberAt(rx, 'bytes'),
    rxErrors: numberAt(rx, 'errors'),
    rxDropped: numberAt(rx, 'dropped'),
    rxOtherHost: numberAt(rx, 'otherhost'),
    rxNoHandler: numberAt(rx, 'nohandler'),
    txPackets: numberAt(tx, 'packets'),
    txBytes: numberAt(tx, 'bytes'),
    txErrors: numberAt(tx, 'errors'),
    txDropped: numberAt(tx, 'dropped'),
    txCarrier: numberAt(tx, 'carrier_errors'),
    origin: { ...origin, path: `${origin.path ?? ''}.${place}` },
  };
}
