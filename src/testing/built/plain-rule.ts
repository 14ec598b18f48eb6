import type { Bare } from './written.ts';

/** A policy rule that asks for nothing: what `ip rule add` makes without words. */
export const PLAIN_RULE: Omit<Bare<'rule'>, 'priority' | 'action'> = {
  family: 4,
  not: false,
  from: null,
  to: null,
  iif: null,
  oif: null,
  mark: null,
  tos: null,
  ipProto: null,
  sourcePorts: null,
  destinationPorts: null,
  uidRange: null,
  suppressPrefixLength: null,
};
