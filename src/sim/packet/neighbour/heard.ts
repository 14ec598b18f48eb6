import { memoised } from '#dataplane/memo';
import type { NftBase } from '#dataplane/nft';
import type { Station } from '#dataplane/station';
import { familyOf, fromBits, type Ip, toBits } from '#net/ip';
import type { World } from '#dataplane/world';
import type { Gap } from '#snapshot/gap';
import { skbOf } from '../answer.ts';
import type { Hook } from '../iptables/context.ts';
import { netfilter } from '../netfilter/hook.ts';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';

/** Whether rules let a message of the neighbour protocols through, which drops it, or why that is not known. */
export type Heard =
  | { readonly is: 'heard' }
  | { readonly is: 'lost'; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

const HEARD: Heard = { is: 'heard' };

/** Who asks whom: the address that asks, and the one that is asked for. */
export type Question = { readonly asker: Ip; readonly target: Ip };

type Way = readonly [hooks: readonly Hook[], message: 'question' | 'answer'];

const OUT: readonly Hook[] = ['OUTPUT', 'POSTROUTING'];
const IN: readonly Hook[] = ['PREROUTING', 'INPUT'];

/** Whether the rules of who asks let the question out and the answer in. */
export const asks = (world: World, station: Station, question: Question): Heard =>
  through(world, station, question, [
    [OUT, 'question'],
    [IN, 'answer'],
  ]);

/** Whether the rules of who is asked let the question in and the answer out. */
export const replies = (world: World, station: Station, question: Question): Heard =>
  through(world, station, question, [
    [IN, 'question'],
    [OUT, 'answer'],
  ]);

/**
 * IPv6 asks by messages that pass the hooks as every packet does (net/ipv6/ndisc.c ndisc_send_skb); ARP has hooks of its own, whose
 * chains are not walked (net/netfilter/nft_chain_filter.c nft_do_chain_arp). What a bridge between them shows to rules is not asked.
 */
function through(world: World, station: Station, question: Question, ways: readonly Way[]): Heard {
  if (familyOf(question.target) === 4) return byArp(station);
  for (const [hooks, message] of ways) {
    const heard = passed(world, station, packetOf(question, message), hooks);
    if (heard.is !== 'heard') return heard;
  }
  return HEARD;
}

function byArp({ stack }: Station): Heard {
  const { nft } = stack;
  const odd = nft.is === 'seen' ? arpChain(nft.table.bases) : undefined;
  if (odd === undefined) return HEARD;
  const detail = `the chain ${odd.chain.name} of arp ${odd.table.name} is not walked (nft_do_chain_arp)`;
  return { is: 'gap', gap: { of: 'nft', scope: stack.scope, why: 'not modelled', detail } };
}

/** A chain that may drop what ARP says; looked for once, as every unknown neighbour is asked for by ARP. */
const arpChain = memoised((bases: ReadonlyMap<string, readonly NftBase[]>) => [...bases.values()].flat().find(mayDrop));

const mayDrop = ({ table, chain, hook }: NftBase): boolean => table.family === 'arp' && (hook.policy === 'drop' || chain.rules.length > 0);

/** Walks a message through hooks; what any choice decides is not known, but for tables that nobody read, which the packet itself meets. */
function passed(world: World, { stack, link }: Station, packet: Packet, hooks: readonly Hook[]): Heard {
  let open: Gap | undefined;
  const untold: Gap = {
    of: 'neighbour',
    scope: stack.scope,
    why: 'not modelled',
    detail: 'whether a rule takes what asks for a neighbour',
  };
  const pick: ConstructorParameters<typeof Run>[1]['pick'] = ({ of, because }) => {
    if (of !== 'tables not seen') open ??= because?.gap ?? untold;
    return 0;
  };
  const run = new Run(world, { pick }, FRESH);
  const isIn = hooks === IN;
  const devices = isIn ? { in: link, out: null } : { in: null, out: link };
  let skb = { ...skbOf(stack, packet), in: devices.in, isAnswer: true };
  for (const hook of hooks) {
    const next = netfilter(run, skb, hook as 'OUTPUT', devices);
    if (!('stage' in next)) skb = next;
    else if (next.stage !== 'end') return HEARD;
    else if (next.reason.gap !== undefined) return next.reason.gap.why === 'not collected' ? HEARD : { is: 'gap', gap: next.reason.gap };
    else return open === undefined ? { is: 'lost', by: next.reason.by } : { is: 'gap', gap: open };
  }
  return open === undefined ? HEARD : { is: 'gap', gap: open };
}

const [SOLICITATION, ADVERTISEMENT] = [135, 136];
const SIZE = 72;

/** A solicitation to all that may have the address, or an advertisement to who asked (RFC 4861, sec. 4.3 and 4.4). */
function packetOf({ asker, target }: Question, message: 'question' | 'answer'): Packet {
  const isQuestion = message === 'question';
  const ends = isQuestion ? { source: asker, destination: solicited(target) } : { source: target, destination: asker };
  const icmp = { type: isQuestion ? SOLICITATION : ADVERTISEMENT, code: 0, id: 0 };
  return {
    ...ends,
    ...({ protocol: 'icmpv6', sourcePort: 0, destinationPort: 0, tcp: null, icmp, size: SIZE, df: false, ttl: 255, mark: 0 } as const),
  };
}

/** The group of all that have an address with the same last 24 bits (addrconf_addr_solict_mult). */
const solicited = (address: Ip): Ip => fromBits(0xff02_0000_0000_0000_0000_0001_ff00_0000n | (toBits(address) & 0xff_ffffn), 6);
