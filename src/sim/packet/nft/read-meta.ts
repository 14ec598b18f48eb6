import type { Link } from '#facts/link/link';
import { entryOf } from '#net/entry';
import type { Gap } from '#snapshot/gap';
import { currentDevice, gapOf, hasLinkHeader, type NftContext } from './context.ts';
import { readArpMeta } from './read-arp.ts';
import { protocolNumber } from './read-payload.ts';
import { one, type Read, UNTOLD_LENGTH } from './value.ts';

const FAMILIES = { 4: 2, 6: 10 } as const;
const BRIDGE = 7;
const NETDEV = 5;
const ETHER_TYPES = { 4: 0x0800, 6: 0x86dd } as const;
const CASTS = { host: 0, broadcast: 1, multicast: 2, otherhost: 3 } as const;
const ETHERNET = 1;
const DEVICE_TYPES: Readonly<Record<string, number>> = { loopback: 772, ipip: 768, sit: 776, gre: 778, tun: 65534, wireguard: 65534 };

/** What the kernel keeps beside a packet (net/netfilter/nft_meta.c nft_meta_get_eval). */
export function readMeta(context: NftContext, key: string): Read {
  const { packet, family, skb, arp } = context;
  const ofArp = arp === undefined ? undefined : readArpMeta(context, arp, key);
  if (ofArp !== undefined) return ofArp;
  switch (key) {
    case 'mark':
      return one(packet.mark);
    case 'length':
      return lengthOf(context);
    case 'l4proto':
      return one(protocolNumber(packet));
    case 'nfproto':
      return one(context.table.family === 'bridge' ? BRIDGE : context.table.family === 'netdev' ? NETDEV : FAMILIES[family]);
    case 'protocol':
      return one(ETHER_TYPES[family]);
    case 'pkttype':
      return one(CASTS[skb.cast]);
    case 'iif':
    case 'iifname':
      return name(context.in);
    case 'oif':
    case 'oifname':
      return name(context.out);
    case 'iiftype':
      // newer kernels ask the device that the packet is at
      return deviceType(context, currentDevice(context));
    case 'oiftype':
      return deviceType(context, context.out);
    default:
      return others(context, key);
  }
}

const ETHERNET_HEADER = 14;

/** How long the packet is (skb->len): what is handed to a device has its link header already. */
export function lengthOf(context: NftContext): readonly [bigint] | { readonly gap: Gap } {
  const { packet, hook, out, frame } = context;
  if (packet.leastSize !== undefined) return gapOf(context, UNTOLD_LENGTH, 'not told');
  if (hook !== 'egress') return [BigInt(packet.size)];
  if (out === null || hasLinkHeader(out) !== true || frame?.vlan !== undefined)
    return gapOf(context, 'how long a packet with its link header is is not modelled');
  return [BigInt(packet.size + ETHERNET_HEADER)];
}

/** Where there is no device its name is empty. */
const name = (device: Link | null): Read => one(device?.name ?? '');

function deviceType(context: NftContext, device: Link | null): Read {
  if (device === null) return 'break';
  const isHeaded = hasLinkHeader(device);
  if (device.type === undefined || isHeaded === undefined) return gapOf(context, `of what type ${device.name} is was not told`, 'not told');
  const number = isHeaded ? ETHERNET : entryOf(DEVICE_TYPES, device.type ?? '');
  return number === undefined ? gapOf(context, `of what type ${device.name} is is not modelled`) : one(number);
}

/** What the routes and policies tell that are not captured. */
export const REALMS = 'realms of routes are not captured (net/netfilter/nft_rt.c, nft_meta.c)';
export const IPSEC = 'IPsec policies are not captured (net/netfilter/nft_rt.c, nft_meta.c)';

const OF_SOCKETS: ReadonlySet<string> = new Set(['skuid', 'skgid', 'cgroup']);

function others(context: NftContext, key: string): Read {
  const { skb } = context;
  if (OF_SOCKETS.has(key)) {
    if (context.diverted !== null) return gapOf(context, `the owner of the socket that a rule gave the packet to (${key}) is not modelled`);
    // a packet that came in mostly has no socket yet, the kernel's own have none with an owner (net/netfilter/nft_meta.c nft_meta_get_eval_skugid)
    if (mayBeMet(context))
      return gapOf(context, `whether the packet's socket was found early (${key}) is not modelled (net/ipv4/ip_input.c)`);
    if (skb.in !== null) return 'break';
    if (skb.owner === null || skb.isOfKernel)
      return key === 'cgroup' ? gapOf(context, 'the control group of the kernel’s own sockets is not modelled') : 'break';
    const id = key === 'cgroup' ? undefined : skb.owner?.[key === 'skuid' ? 'uid' : 'gid'];
    if (id !== undefined) return one(id);
    return gapOf(context, `whose socket sent the packet (${key}) was not captured`);
  }
  if (key === 'ibrname' || key === 'obrname') return bridgeName(context, key === 'ibrname' ? context.in : context.out);
  if (key === 'rtclassid') return skb.path === null ? 'break' : gapOf(context, REALMS);
  // only behind a VRF a packet has come in by another device (inet_sdif, inet6_sdif)
  if ((key === 'sdif' || key === 'sdifname') && context.in?.type !== 'vrf') return one(key === 'sdif' ? 0 : '');
  if (key === 'secpath' || key === 'ipsec') return gapOf(context, IPSEC);
  if (key === 'iifkind' || key === 'oifkind') return kind(context, key === 'iifkind' ? context.in : context.out);
  return gapOf(context, `meta ${key} is not modelled`);
}

/** Whether the socket of a connection may be known before the packet is delivered (tcp_v4_early_demux, udp_v4_early_demux): not over lo, nor of pieces. */
function mayBeMet({ hook, table, packet, in: device }: NftContext): boolean {
  if (hook !== 'input' || table.family === 'bridge' || device?.name === 'lo' || packet.fragment !== undefined) return false;
  const opens = packet.tcp?.syn === true && !packet.tcp.ack;
  return packet.protocol === 'udp' || (packet.protocol === 'tcp' && !opens);
}

function bridgeName(context: NftContext, port: Link | null): Read {
  const master = typeof port?.master === 'string' ? context.stack.link(port.master) : undefined;
  return one(master?.type === 'bridge' ? master.name : '');
}

/** What `ip link` calls by these names has no kind (rtnl_link_ops): it cannot be asked for, also not negatively. */
const NO_KIND: ReadonlySet<string> = new Set(['loopback', 'device', '']);

const kind = (context: NftContext, device: Link | null): Read =>
  device === null
    ? 'break'
    : device.type === undefined
      ? gapOf(context, `of what kind ${device.name} is was not told`, 'not told')
      : NO_KIND.has(device.type ?? '')
        ? 'break'
        : one(device.type ?? '');
