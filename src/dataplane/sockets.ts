import type { Partition } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { Socket } from '#facts/socket/socket';
import { memoised } from './memo.ts';

/** Sockets that are bound to one peer, by `protocol port` of their own end. */
export const connectedTable = memoised(
  (partition: Partition<'socket'>): ReadonlyMap<string, readonly Socket[]> =>
    grouped(
      partition.facts.filter(({ remote, state }) => (remote?.address ?? null) !== null && state !== 'LISTEN'),
      ({ protocol, local }) => `${protocol} ${local.port}`,
    ),
);

/** Protocols beside TCP and UDP whose sockets were listed. */
export const listedProtocols = memoised(
  (partition: Partition<'listed-protocol'>): ReadonlySet<string> => new Set(partition.facts.map(({ protocol }) => protocol)),
);
