import { memoised } from '#dataplane/memo';
import type { NftBase } from '#dataplane/nft';
import type { Link } from '#facts/link/link';
import type { Gap } from '#snapshot/gap';
import { visitChain } from '../netfilter/station.ts';
import type { ArpMessage } from '../nft/arp-message.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import type { Origin } from '#snapshot/origin';
import type { Heard } from './hearing.ts';

type Devices = { readonly in: Link | null; readonly out: Link | null };

/** Walks what ARP says through nft's chains of its family, arptables' among them (net/netfilter/nft_chain_filter.c nft_do_chain_arp). */
export function passedByArp(run: Run, skb: Skb, devices: Devices, message: ArpMessage): Heard {
  const { nft } = skb.stack;
  const bases = nft.is === 'seen' ? chainsOfArp(nft.table.bases) : NONE;
  const counted: Origin[] = [];
  for (const base of devices.in === null ? bases.out : bases.in) {
    const { verdict } = visitChain(run, skb, { family: 4, ...devices }, base, message);
    counted.push(...(verdict?.counted ?? []));
    if (verdict === undefined || verdict.is === 'accept') continue;
    if (verdict.is === 'drop') return { is: 'lost', by: verdict.by.slice(-1), counted };
    const detail = `${base.chain.name} of arp ${base.table.name}: what it does is not modelled`;
    const unmodelled: Gap = { of: 'nft', scope: skb.stack.scope, why: 'not modelled', detail };
    return { is: 'gap', gap: verdict.is === 'unknown' ? verdict.gap : unmodelled };
  }
  return { is: 'heard' };
}

const NONE = { in: [], out: [] };

/** What ARP's two hooks ask, in order; of one priority what was made last is asked first (net/netfilter/core.c nf_hook_entries_grow). */
const chainsOfArp = memoised((bases: ReadonlyMap<string, readonly NftBase[]>) => {
  const of = (hook: string): readonly NftBase[] =>
    (bases.get(hook) ?? [])
      .filter(({ table }) => table.family === 'arp')
      .toReversed()
      .toSorted((one, other) => one.hook.priority - other.hook.priority);
  return { in: of('input'), out: of('output') };
});
