import type { Line } from './rule.ts';

/** A device of a namespace, as the layout's own lines make it. */
export type Device = {
  readonly name: string;
  readonly mac: string;
  /** With prefix lengths: `10.1.0.2/24`, `fd00:1::2/64`. */
  readonly addresses: readonly string[];
  /** What is on the other end of a veth. */
  readonly peer?: { readonly namespace: string; readonly device: string };
  /** The bridge that it is a port of. */
  readonly master?: string;
  /** The device of another namespace that it stands on. */
  readonly parent?: { readonly namespace: string; readonly device: string };
  /** The device by which its packets travel sealed, so that nobody sees them there. */
  readonly carrier?: string;
};

/** A socket on one address, or on every one of its family, beside the others: of UDP, or a listener of TCP. */
export type Bound = {
  readonly protocol?: 'tcp';
  readonly address: string;
  readonly port: number;
  readonly transparent?: boolean;
  readonly mark?: number;
  /** It takes only what comes in by this device. */
  readonly device?: string;
  /** A socket of IPv6 that takes IPv4 too. */
  readonly both?: true;
};

/** A queue of netfilter that a program listens to; one that takes packets never lets them go, another has not said that it wants any. */
export type Queue = { readonly number: number; readonly takes: boolean };

/** One namespace. `ends` send and receive; `routers` and `switches` lie between and get most of the rules. */
export type Namespace = {
  readonly name: string;
  readonly role: 'end' | 'router' | 'switch';
  readonly devices: readonly Device[];
  /** Ports on which something listens on every address, by protocol; nobody answers on UDP. */
  readonly listens: {
    readonly udp: readonly number[];
    readonly tcp: readonly number[];
    /** Asking for one loads SCTP for good, where the kernel has it at all. */
    readonly sctp?: readonly number[];
    readonly bound?: readonly Bound[];
    readonly queues?: readonly Queue[];
  };
};

/** One to four namespaces and how they are wired: literal lines, and the same told as data for who draws rules and packets. */
export type Layout = {
  readonly id: string;
  readonly namespaces: readonly Namespace[];
  /** Run once, in order, right after the namespaces and before all rules. Neighbours are permanent unless they are the subject. */
  readonly lines: readonly Line[];
  /** Addresses that no device has but packets are sent to: for DNAT, routes, sets. */
  readonly virtual: { readonly 4: readonly string[]; readonly 6: readonly string[] };
};
