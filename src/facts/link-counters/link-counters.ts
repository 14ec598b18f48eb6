import { defineKind, type Fact, type Told } from '../kind.ts';

/** The counters of one device at one look (`ip -s -s link`, /proc/net/dev). */
export type LinkCounters = Fact & {
  readonly name: string;
  readonly rxPackets: Told<number>;
  readonly rxBytes: Told<number>;
  readonly rxErrors: Told<number>;
  readonly rxDropped: Told<number>;
  /** Frames whose destination MAC was another's (`rx_otherhost_dropped`, Linux 5.19 and later). */
  readonly rxOtherHost: Told<number>;
  /** No such handler for the protocol, or a device that is down at the upper layer. */
  readonly rxNoHandler: Told<number>;
  readonly txPackets: Told<number>;
  readonly txBytes: Told<number>;
  readonly txErrors: Told<number>;
  readonly txDropped: Told<number>;
  readonly txCarrier: Told<number>;
};

export const linkCounters = defineKind<LinkCounters>()({
  id: 'link-counters',
  is: 'the counters of a network device',
  key: (fact) => fact.name,
  // two readings of one look are taken one after the other, and packets pass in between
  volatile: [
    'rxPackets',
    'rxBytes',
    'rxErrors',
    'rxDropped',
    'rxOtherHost',
    'rxNoHandler',
    'txPackets',
    'txBytes',
    'txErrors',
    'txDropped',
    'txCarrier',
  ],
  looks: true,
  capture: 'ip -s -s -j link show',
});
