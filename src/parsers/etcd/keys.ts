import { CLUSTER } from '#snapshot/scope';
import type { Parsed, Problem } from '../format.ts';
import { reading } from '../format.ts';
import { type EtcdKey, type FlannelConfig, type Lease, readKey } from '../flannel.ts';

/** What an answer of etcd gave: its keys, and whether it lists all there are below what was asked for. */
export type Answer = { readonly keys: readonly EtcdKey[]; readonly whole: boolean; readonly problems: readonly Problem[] };

/** flannel's leases and configuration among the keys. Both are the cluster's. Other keys and values are never kept. */
export function flannelOf({ keys, whole, problems }: Answer): Parsed {
  const leases: Lease[] = [];
  const configs: FlannelConfig[] = [];
  const all: Problem[] = [...problems];
  let isLost = false;
  for (const one of keys) {
    const read = readKey(one);
    if (read === undefined) continue;
    if ('lease' in read) leases.push(read.lease);
    else if ('config' in read) configs.push(read.config);
    else {
      isLost = true;
      all.push({ line: one.origin.line ?? 1, why: read.why });
    }
  }
  const covers = whole && !isLost ? true : [];
  const told = configs.length > 0 ? [reading('flannel-config', configs, covers, CLUSTER)] : [];
  return { readings: [reading('lease', leases, covers, CLUSTER), ...told], problems: all };
}

export const NO_ANSWER: Answer = { keys: [], whole: false, problems: [] };
