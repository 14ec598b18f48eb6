import type { Chance } from '../iptables/context.ts';
import type { Gap } from '#snapshot/gap';

/** One field as a register holds it: numbers (addresses too) as such, device names as text. */
export type Value = bigint | string;

/** What an expression is for a packet: its fields, `break` where the packet has no such thing, or why it is not known. */
export type Read = readonly Value[] | 'break' | { readonly gap: Gap };

export const one = (value: Value | number): Read => [typeof value === 'number' ? BigInt(value) : value];

export const isGap = (read: unknown): read is { readonly gap: Gap } => typeof read === 'object' && read !== null && 'gap' in read;

/** Whether a comparison holds; else with which probability, or why that is not known. `settle` notes what is known once it was decided. */
export type Answer = boolean | Chance | { readonly gap: Gap };

/** Why the length of a SYN's answer is not known. */
export const UNTOLD_LENGTH = 'how long it is is not told: what its SYN offers is not';
