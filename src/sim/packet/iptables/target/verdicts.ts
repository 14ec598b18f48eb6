import type { Target } from '../effect.ts';

/** `-j ACCEPT` ends the table for the packet (net/ipv4/netfilter/ip_tables.c ipt_do_table, standard target). */
export const accept: Target = () => () => ({ does: 'accept' });

/** `-j DROP`. */
export const drop: Target = () => () => ({ does: 'drop' });

/** `-j RETURN`: back to the chain that jumped here, or to the policy. */
export const back: Target = () => () => ({ does: 'return' });
