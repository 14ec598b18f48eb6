import type { IptablesTable } from '#facts/iptables/iptables';
import type { Link } from '#facts/link/link';
import type { NftTable } from '#facts/nft/nft';
import { memoised } from '#dataplane/memo';
import type { Stack } from '#dataplane/stack';
import { type Connection, isCaptured, type Track } from '../conntrack/connection.ts';
import type { At } from '../netfilter/place.ts';
import type { Run } from '../run.ts';
import { untold } from '../untold.ts';

/**
 * Whether a connection that was masqueraded for one device leaves by another: the packet is lost, and the connection with it
 * (net/netfilter/nf_nat_core.c nf_nat_oif_changed, masq_index). For which device a captured one was masqueraded is not told; where its source
 * became an address that this device has it was for this one.
 */
export function leavesElsewhere(run: Run, stack: Stack, { connection, direction }: Track, { hook, out }: At): boolean {
  if (hook !== 'POSTROUTING' || direction !== 'original' || connection === null || out === null) return false;
  if (connection.masqueraded !== undefined) return connection.masqueraded !== out.name;
  return isCaptured(connection) && mayBeElsewheres(stack, connection, out) && isElsewheres(run, stack, connection);
}

/** Whether its source became an address of this machine that another device has, and something masquerades here. */
function mayBeElsewheres({ addresses, iptables, nft }: Stack, { reply: { destination } }: Connection, out: Link): boolean {
  if (addresses.is === 'gap' || addresses.table.byDevice.get(out.name)?.some(({ address }) => address === destination) === true)
    return false;
  const isOwn = [...addresses.table.byDevice.values()].some((all) => all.some(({ address }) => address === destination));
  const byRules = iptables.is === 'seen' && iptables.table.tables.some(({ fact }) => masquerades(fact));
  return isOwn && (byRules || (nft.is === 'seen' && nft.table.tables.some(masqueradesNft)));
}

const masquerades = memoised(({ chains }: IptablesTable): boolean =>
  chains.some(({ rules }) => rules.some(({ target }) => target?.name === 'MASQUERADE')),
);

const masqueradesNft = memoised(({ chains }: NftTable): boolean =>
  chains.some(({ rules }) => rules.some(({ statements }) => statements.some((one) => one.does === 'nat' && one.kind === 'masquerade'))),
);

function isElsewheres(run: Run, stack: Stack, { original: { source, sourcePort } }: Connection): boolean {
  const detail = `whether a captured connection of ${source}:${sourcePort} was masqueraded for another device is not told: then it is forgotten`;
  const options = ['for another device', 'for none'];
  return untold(run, stack, { at: `masqueraded ${source}:${sourcePort}`, of: 'masqueraded', options, detail }) === 0;
}
