import { isMulticast } from '#net/ip';
import { jhash1, reciprocalScale, wordsOf } from '../../jhash.ts';
import type { Compile } from '../context.ts';
import { numberOf } from '../numbers.ts';

/** `-m cluster`: whether this node is the one that a hash of the connection's source gives it to (net/netfilter/xt_cluster.c xt_cluster_mt). */
export const cluster: Compile = (options) => {
  const total = numberOf(options.get('cluster-total-nodes')?.value ?? '');
  const local = options.get('cluster-local-node');
  const many = options.get('cluster-local-nodemask');
  const seed = numberOf(options.get('cluster-hash-seed')?.value ?? '');
  const own = numberOf((local ?? many)?.value ?? '');
  if (total === undefined || seed === undefined || own === undefined) return undefined;
  const mask = local === undefined ? own : 1 << (own - 1);
  const not = (local ?? many)?.not === true;
  return ({ track }) => {
    const source = track?.connection?.original.source;
    if (source === undefined || isMulticast(source)) return false;
    // of an IPv6 address the kernel hashes the first word alone: it takes the number of words for that of bytes (NF_CT_TUPLE_L3SIZE)
    const hash = jhash1(wordsOf(source)[0] ?? 0, seed);
    return (((1 << reciprocalScale(hash, total)) & mask) !== 0) !== not;
  };
};
