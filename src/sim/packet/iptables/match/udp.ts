import type { Compile } from '../context.ts';
import { transport } from './transport.ts';

/** `-m udp` (net/netfilter/xt_tcpudp.c udp_mt). */
export const udp: Compile = transport('udp');
