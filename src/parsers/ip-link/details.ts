import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import { wholeNumber } from '../lines.ts';

import { maskOf, pairsOf, tosOf, tunnelOf, upperOf } from './kinds.ts';

type Link = FactOf<'link'>;
type Vxlan = NonNullable<Link['vxlan']>;
type Port = NonNullable<Link['port']>;
type Bridge = NonNullable<Link['bridge']>;

/** The word after a name in a line of words. */
export function after(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}

const switched = (word: string | undefined): boolean | undefined => (word === 'on' ? true : word === 'off' ? false : undefined);
const bit = (word: string | undefined): boolean | undefined => (word === '1' ? true : word === '0' ? false : undefined);

/** `vxlan id 1 local 192.0.2.1 dev eth0 srcport 0 0 dstport 8472 nolearning …`. */
export function vxlanOf(words: readonly string[]): Vxlan | undefined {
  const vni = wholeNumber(after(words, 'id'));
  if (vni === undefined) return undefined;
  const df = after(words, 'df');
  return {
    vni,
    local: parseIp(after(words, 'local') ?? '') ?? null,
    remote: parseIp(after(words, 'remote') ?? '') ?? null,
    group: parseIp(after(words, 'group') ?? '') ?? null,
    dev: after(words, 'dev') ?? null,
    port: wholeNumber(after(words, 'dstport')),
    learning: !words.includes('nolearning'),
    external: words.includes('external'),
    df: df === 'set' || df === 'inherit' || df === 'unset' ? df : undefined,
    ttl: ttlOf(after(words, 'ttl')),
    tos: tosOf(after(words, 'tos')),
    proxy: words.includes('proxy'),
    l2miss: words.includes('l2miss'),
    ageingSeconds: wholeNumber(after(words, 'ageing')),
    localBypass: words.includes('nolocalbypass') ? false : words.includes('localbypass') ? true : undefined,
  };
}

/** `auto` is a TTL of 0: as the route says. */
const ttlOf = (word: string | undefined): Vxlan['ttl'] => (word === 'inherit' ? 'inherit' : word === 'auto' ? 0 : wholeNumber(word));

const PORT_STATES: readonly string[] = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];

export const portState = (word: string | undefined): Port['state'] =>
  word !== undefined && PORT_STATES.includes(word.toLowerCase()) ? (word.toLowerCase() as Port['state']) : undefined;

/** `bridge_slave state forwarding … hairpin on … learning on flood on … isolated off`. */
export const portOf = (words: readonly string[]): Port => ({
  state: portState(after(words, 'state')),
  hairpin: switched(after(words, 'hairpin')),
  isolated: switched(after(words, 'isolated')),
  learning: switched(after(words, 'learning')),
  flood: switched(after(words, 'flood')),
  multicastFlood: switched(after(words, 'mcast_flood')),
  broadcastFlood: switched(after(words, 'bcast_flood')),
  neighbourSuppress: switched(after(words, 'neigh_suppress')),
  proxyArp: switched(after(words, 'proxy_arp')),
  locked: switched(after(words, 'locked')),
  vlanTunnel: switched(after(words, 'vlan_tunnel')),
  multicastToUnicast: switched(after(words, 'mcast_to_unicast')),
  groupForwardMask: maskOf(after(words, 'group_fwd_mask_str')),
});

/** `bridge forward_delay 1500 … ageing_time 30000 stp_state 0 … vlan_filtering 0 …`, times in centiseconds. */
export function bridgeOf(words: readonly string[]): Bridge {
  const ageing = wholeNumber(after(words, 'ageing_time'));
  return {
    stp: bit(after(words, 'stp_state')),
    vlanFiltering: bit(after(words, 'vlan_filtering')),
    ageingSeconds: ageing === undefined ? undefined : ageing / 100,
    defaultPvid: wholeNumber(after(words, 'vlan_default_pvid')),
    multicastSnooping: bit(after(words, 'mcast_snooping')),
    groupForwardMask: maskOf(after(words, 'group_fwd_mask')),
    callsIptables: bit(after(words, 'nf_call_iptables')),
    callsIp6tables: bit(after(words, 'nf_call_ip6tables')),
  };
}

/** Words that may stand where a device without a kind has nothing. */
const NO_KIND = new Set(['addrgenmode', 'numtxqueues', 'gso_max_size', 'parentbus', 'portname', 'portid', 'switchid', 'promiscuity']);

/** Takes one line of details into a device that `ip -d` shows. */
export function withDetail(link: Link, words: readonly string[]): Link {
  const segs = wholeNumber(after(words, 'gso_max_segs'));
  const known = segs === undefined ? link : { ...link, gsoMaxSegs: segs };
  const kind = words[0] ?? '';
  if (kind.endsWith('_slave')) return { ...known, port: kind === 'bridge_slave' ? portOf(words) : null };
  if (NO_KIND.has(kind)) return known;
  return {
    ...known,
    type: kind,
    vxlan: kind === 'vxlan' ? vxlanOf(words) : null,
    bridge: kind === 'bridge' ? bridgeOf(words) : null,
    tunnel: tunnelOf(kind, pairsOf(words)),
    upper: upperOf(kind, pairsOf(words)),
  };
}

/** What `ip -d` tells by showing no such line. */
export const detailed = (link: Link): Link => ({ ...link, type: link.type ?? 'device', vxlan: null, bridge: null, port: null });
