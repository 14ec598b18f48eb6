import type { Ip } from '#net/ip';
import type { IpvsForward } from '../ipvs-service/ipvs-service.ts';
import { defineKind, type Fact } from '../kind.ts';

/** A connection of IPVS: a client, what it asked for, the real server, and TCP's state as IPVS sees it (struct ip_vs_conn). */
export type IpvsTrack = {
  readonly protocol: string;
  readonly client: Ip;
  readonly clientPort: number;
  readonly virtual: Ip;
  readonly virtualPort: number;
  readonly server: Ip;
  readonly serverPort: number;
  readonly state: string;
  /** How the server gets packets that are not rewritten; left out: they are, or it is not told. */
  readonly forward?: Exclude<IpvsForward, 'masq'>;
};

/** A connection that IPVS sent to a real server, or with client port 0 the choice that a client keeps (net/netfilter/ipvs/ip_vs_conn.c). */
export type IpvsConnection = Fact & IpvsTrack & { readonly expiresSeconds: number };

export const ipvsConnection = defineKind<IpvsConnection>()({
  id: 'ipvs-connection',
  is: 'a connection of IPVS',
  key: (fact) => `${fact.protocol} ${fact.client} ${fact.clientPort} ${fact.virtual} ${fact.virtualPort}`,
  volatile: ['expiresSeconds', 'state'],
  capture: 'cat /proc/net/ip_vs_conn',
});
