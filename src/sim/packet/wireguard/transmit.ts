import type { Link } from '#facts/link/link';
import type { Wireguard, WireguardPeer } from '#facts/wireguard/wireguard';
import { contains, lengthOf } from '#net/cidr';
import { familyOf, type Ip } from '#net/ip';
import { end, type Next, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { outerSource, taken, wrapped } from '../tunnel/outer.ts';

/** Bytes around a sealed packet: IP, UDP, WireGuard's header and its tag; the inside is padded to 16. */
const HEADERS = { 4: 60, 6: 80 } as const;
const PADDING = 16;
const USUAL_PORT = 51820;

/** The peer that an address belongs to: the longest allowed prefix (drivers/net/wireguard/allowedips.c). */
export function peerOf(device: Wireguard, address: Ip): WireguardPeer | undefined {
  let best: WireguardPeer | undefined;
  let longest = -1;
  for (const peer of device.peers) {
    for (const prefix of peer.allowed) {
      if (prefix.includes(':') !== address.includes(':') || !contains(prefix, address) || lengthOf(prefix) <= longest) continue;
      [best, longest] = [peer, lengthOf(prefix)];
    }
  }
  return best;
}

/** Seals a packet for the peer whose allowed prefixes hold its destination (drivers/net/wireguard/device.c wg_xmit). */
export function wireguardTransmit(_run: Run, skb: Skb, link: Link): Next {
  const { stack, packet } = skb;
  const device = stack.wireguard.is === 'seen' ? stack.wireguard.table.get(link.name) : undefined;
  if (device === undefined) {
    const gap = {
      of: 'wireguard',
      scope: stack.scope,
      why: 'not collected',
      detail: `the peers of ${link.name} were not read`,
      capture: 'wg show all',
    } as const;
    return unknown(skb, gap, [stack.cite('link', link)], link.name);
  }
  const by = [stack.cite('wireguard', device)];
  const refused = (says: string): Next =>
    end(taken(skb, link), { disposition: 'unreachable', code: 'NOT_SPECIFIED', says, by, device: link.name, error: { type: 3, code: 1 } });
  const peer = peerOf(device, packet.destination);
  if (peer === undefined) return refused(`no peer of ${link.name} may have ${packet.destination} (allowed-ips)`);
  if (peer.endpoint === null) return refused(`the peer of ${link.name} for ${packet.destination} has no endpoint`);
  const { address, port } = peer.endpoint;
  const mark = device.mark ?? 0;
  const source = outerSource(stack, address, null, mark);
  if (source === undefined)
    return end(taken(skb, link), {
      disposition: 'dropped',
      code: 'IP_OUTNOROUTES',
      says: `no way to the endpoint ${address}`,
      by,
      device: link.name,
    });
  if (typeof source !== 'string') return unknown(taken(skb, link), source.gap, by, link.name);
  const size = Math.ceil(skb.wire / PADDING) * PADDING + HEADERS[familyOf(address)];
  const outer = {
    source,
    destination: address,
    protocol: 'udp' as const,
    sourcePort: device.port ?? USUAL_PORT,
    destinationPort: port,
    size,
    df: false,
    ttl: 64,
    mark,
  };
  const sealed = {
    how: 'wireguard' as const,
    frame: null,
    id: null,
    ...(device.publicKey === undefined ? {} : { sealedBy: device.publicKey }),
  };
  return wrapped(skb, outer, sealed, ['wireguard', `${link.name} seals it for its peer at ${address}:${port}`, by]);
}
