import type { Cidr } from '#net/cidr';
import type { Family, Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** One part of an element: an address or prefix, a range of addresses, a port with its protocol, a device, a MAC, a mark, another set. */
export type IpsetPart =
  | { readonly is: 'net'; readonly value: Cidr }
  | { readonly is: 'range'; readonly from: Ip; readonly to: Ip }
  /** `protocol` is `null` where the type knows only ports. Of ICMP, type·256+code; of protocols without ports, 0. */
  | { readonly is: 'port'; readonly protocol: string | null; readonly from: number; readonly to: number }
  | { readonly is: 'device'; readonly name: string; readonly physical: boolean }
  | { readonly is: 'mac'; readonly value: Mac }
  | { readonly is: 'mark'; readonly value: number }
  | { readonly is: 'set'; readonly name: string };

/** An element of a set with its options. */
export type IpsetMember = {
  /** Of the text that the set was read from. */
  readonly line: number;
  readonly parts: readonly IpsetPart[];
  readonly nomatch: boolean;
  /** A device's name is a prefix. */
  readonly wildcard: boolean;
  /** Seconds that it still lived when it was read; 0 is for ever, `null` without a timeout. */
  readonly timeoutSeconds: number | null;
};

/** A set that iptables rules name (`ipset save`, `ipset list`). */
export type Ipset = Fact & {
  readonly name: string;
  /** `hash:ip,port`, `bitmap:port`, `list:set` …, as ipset names them. */
  readonly type: string;
  /** Of types that have one; `null` for those without addresses. */
  readonly family: Family | null;
  /** Addresses are cut to this length before they are looked up. */
  readonly netmask: Told<number | null>;
  /** Seconds that an element lives which is put in without a time, 0 for ever; left out where its elements have no times. */
  readonly timeoutSeconds?: number;
  readonly members: readonly IpsetMember[];
  /** Why not all of its elements are known. */
  readonly problem: string | null;
};

export const ipset = defineKind<Ipset>()({
  id: 'ipset',
  is: 'a set that iptables rules name',
  key: (fact) => fact.name,
  capture: 'ipset save',
});
