import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** What somebody measured by hand: ping, telnet, curl, a lookup. `from` is an address or a name as far as it is told. */
export type Observation = Fact & {
  /** `text`: the error of a program; `kubelet`: that of a kubelet's probe, which starts on the node of what it asks. */
  readonly by: 'ping' | 'telnet' | 'curl' | 'nc' | 'nslookup' | 'dig' | 'probe' | 'text' | 'kubelet';
  readonly from: Told<string | null>;
  readonly to: Ip | string;
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  readonly port: Told<number | null>;
  /** Bytes of the IP packet. */
  readonly size: Told<number>;
  readonly df: Told<boolean>;
  /** An answer of the peer's stack (RST counts), an error from on the way, nothing, or both kinds. */
  readonly outcome: 'answered' | 'refused' | 'unreachable' | 'silent' | 'mixed';
  readonly sent: Told<number>;
  readonly answered: Told<number>;
  readonly detail: string;
  /**
   * Of a connection that may have stood before, of an application that may be slow, or told in words that name no port and no
   * ping: tells nothing of what a new one, or an echo, meets.
   */
  readonly standing?: boolean;
};

export const observation = defineKind<Observation>()({
  id: 'observation',
  is: 'a measurement made by hand',
  key: (fact) => `${fact.origin.file}:${fact.origin.line ?? 0}`,
  capture: 'ping -c3 ADDRESS (from the failing pod)',
});
