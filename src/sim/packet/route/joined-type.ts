import type { Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import { foundIn, joined, tableOf } from './tables.ts';

/**
 * Why the type that table `local` alone tells of an IPv4 address may be another: as long as nobody has touched the rules, `main` is of
 * the same trie, and what asks one is answered of both (net/ipv4/fib_frontend.c __inet_dev_addr_type, fib_trie.c fib_trie_table,
 * fib_table_lookup). Rules that were added and taken away again leave no sign.
 */
export function otherwiseJoined(stack: Stack, address: Ip, device: string | null, alone: string): Gap | undefined {
  const { rules } = stack;
  const [local, main] = [tableOf(stack, 'local', 4), tableOf(stack, 'main', 4)];
  if ((rules.is === 'seen' && rules.table.custom) || 'gap' in local || 'gap' in main) return undefined;
  const found = foundIn(stack, joined(local.table, main.table), {
    ...{ source: null, destination: address, iif: 'lo', oif: null, mark: 0, packet: null },
  });
  if (found === undefined || 'gap' in found || found.route.table === 'local') return undefined;
  const { type, hops } = found.route;
  const isTold = (type === 'local' || type === 'broadcast' || type === 'anycast') && (device === null || hops[0]?.dev === device);
  const together = isTold ? type.toUpperCase() : 'UNICAST';
  if (together === alone) return undefined;
  const detail = `whether the policy rules were ever changed is not told: then table local alone tells what ${address} is, else main too`;
  return { of: 'rule', scope: stack.scope, why: 'not modelled', detail };
}
