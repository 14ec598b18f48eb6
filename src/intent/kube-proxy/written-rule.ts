import type { IptablesRule } from '#facts/iptables/iptables';
import { type Wanted, writtenRule as bareRule } from '#facts/iptables/written-rule';

/** Where what kube-proxy writes comes from. */
export const ORIGIN = { file: '', edited: { by: 'kube-proxy', was: undefined } };
export const NONE = { packets: 0, bytes: 0 };

/** A rule as kube-proxy writes it, which no packet has met yet. */
export const writtenRule = (chain: string, wanted: Wanted): IptablesRule => ({
  origin: ORIGIN,
  counters: NONE,
  ...bareRule(chain, wanted),
});
