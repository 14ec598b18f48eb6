import type { Link } from '#facts/link/link';
import type { NftTable } from '#facts/nft/nft';
import type { Gap } from '#snapshot/gap';
import type { Hook } from '../iptables/context.ts';
import { type End, end, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';

type BaseChain = NftTable['baseChains'][number];

/** A chain that accepts everything without a rule changes nothing. */
const matters = (chain: BaseChain): boolean => chain.rules > 0 || chain.policy === 'drop';

/**
 * Base chains of native nftables on a hook. Their rules are not walked: a filtering chain may let the packet pass or drop it,
 * a NAT chain may do anything. Tables that iptables-nft owns are walked as iptables.
 */
export function nativeChains(
  run: Run,
  skb: Skb,
  hook: Hook,
  family: 4 | 6,
  devices: { readonly in: Link | null; readonly out: Link | null },
): End | undefined {
  const { nft } = skb.stack;
  // Where nft itself is not installed nobody can be asked: its tables are then taken as absent.
  if (nft.is === 'gap') return undefined;
  for (const table of nft.table) {
    if (table.family !== 'inet' && table.family !== (family === 4 ? 'ip' : 'ip6')) continue;
    for (const chain of table.baseChains) {
      if (chain.hook.toUpperCase() !== hook || !matters(chain)) continue;
      const stopped = oneChain(run, skb, table, chain, (devices.in ?? devices.out)?.name ?? null);
      if (stopped !== undefined) return stopped;
    }
  }
  return undefined;
}

function oneChain(run: Run, skb: Skb, table: NftTable, chain: BaseChain, device: string | null): End | undefined {
  const by = [{ ...skb.stack.cite('nft', table), origin: { ...table.origin, line: chain.line } }];
  if (chain.rules === 0) {
    return end(skb, {
      disposition: 'dropped',
      code: 'NETFILTER_DROP',
      says: `nft ${table.family} ${table.name} ${chain.name}: policy drop`,
      by,
      device,
    });
  }
  const where = `${table.origin.file}:${chain.line}`;
  const gap: Gap = {
    of: 'nft',
    scope: skb.stack.scope,
    why: 'not modelled',
    detail: `${where}: the rules of nft chain ${table.family} ${table.name} ${chain.name} are not walked`,
  };
  if (chain.type !== 'filter') return unknown(skb, gap, by, device);
  const at = `${placeText(skb.stack)} nft ${table.family} ${table.name} ${chain.name}`;
  const options = [
    { name: 'passes', probability: null },
    { name: 'drops', probability: null },
  ];
  if (run.pick({ at, of: 'unmodelled chain', scope: 'packet', options, because: { gap, by } }) === 0) return undefined;
  return end(skb, {
    disposition: 'dropped',
    code: 'NETFILTER_DROP',
    says: `nft ${table.family} ${table.name} ${chain.name} may drop it`,
    by,
    device,
  });
}
