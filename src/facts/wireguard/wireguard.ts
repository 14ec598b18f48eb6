import type { Cidr } from '#net/cidr';
import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A peer of a WireGuard device, known by its public key. */
export type WireguardPeer = {
  readonly publicKey: string;
  readonly endpoint: { readonly address: Ip; readonly port: number } | null;
  readonly allowed: readonly Cidr[];
  /** Seconds since the epoch; 0: never. */
  readonly handshake: Told<number>;
};

/** A WireGuard device with its peers (`wg show`). No private or shared key is ever read. */
export type Wireguard = Fact & {
  readonly dev: string;
  readonly publicKey: Told<string>;
  readonly port: Told<number>;
  readonly mark: Told<number>;
  readonly peers: readonly WireguardPeer[];
};

export const wireguard = defineKind<Wireguard>()({
  id: 'wireguard',
  is: 'a WireGuard device with its peers',
  key: (fact) => fact.dev,
  capture: 'wg show all allowed-ips; wg show all endpoints; wg show all public-key; wg show all listen-port',
});
