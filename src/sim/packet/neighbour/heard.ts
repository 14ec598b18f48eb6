import type { Station } from '#dataplane/station';
import type { Stack } from '#dataplane/stack';
import { familyOf, fromBits, type Ip, toBits } from '#net/ip';
import type { World } from '#dataplane/world';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import { skbOf } from '../answer.ts';
import type { Hook } from '../iptables/context.ts';
import { netfilter } from '../netfilter/hook.ts';
import type { ArpMessage } from '../nft/arp-message.ts';
import type { Packet } from '../packet.ts';
import { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { FRESH } from '../state.ts';
import type { Trail } from '../trail.ts';
import { passedByArp } from './arp-rules.ts';
import type { Heard } from './hearing.ts';

const HEARD: Heard = { is: 'heard' };

/** Who asks whom: the address that asks, and the one that is asked for. */
export type Question = { readonly asker: Ip; readonly target: Ip };

/** Who asks, and who would answer where that is known. */
type Ends = { readonly asking: Station; readonly asked: Station | null };

type Message = 'question' | 'answer';
type Way = readonly [direction: 'out' | 'in', message: Message];

const HOOKS = { out: ['OUTPUT', 'POSTROUTING'], in: ['PREROUTING', 'INPUT'] } as const satisfies Record<string, readonly Hook[]>;

/** Whether the rules of who asks let the question out and the answer in. */
export const asks = (world: World, asking: Station, question: Question): Heard =>
  through(world, asking, { asking, asked: null }, question, [
    ['out', 'question'],
    ['in', 'answer'],
  ]);

/** Whether the rules of who is asked let the question in. */
export const hears = (world: World, asked: Station, asking: Station, question: Question): Heard =>
  through(world, asked, { asking, asked }, question, [['in', 'question']]);

/** Whether they let the answer out. */
export const replies = (world: World, asked: Station, asking: Station, question: Question): Heard =>
  through(world, asked, { asking, asked }, question, [['out', 'answer']]);

/**
 * IPv6 asks by messages that pass the hooks as every packet does (net/ipv6/ndisc.c ndisc_send_skb); ARP has hooks of its own
 * (net/ipv4/arp.c arp_xmit, arp_rcv). What a bridge between them shows to rules is not asked.
 */
function through(world: World, { stack, link }: Station, ends: Ends, question: Question, ways: readonly Way[]): Heard {
  for (const [direction, message] of ways) {
    const devices = direction === 'in' ? { in: link, out: null } : { in: null, out: link };
    const heard = decided(world, stack, (run) =>
      familyOf(question.target) === 4
        ? passedByArp(run, skbAt(stack, requestPacket(question), devices), devices, arpOf(ends, question, message))
        : passed(run, skbAt(stack, packetOf(question, message), devices), HOOKS[direction], devices),
    );
    if (heard.is !== 'heard') return heard;
  }
  return HEARD;
}

type Devices = { readonly in: Station['link'] | null; readonly out: Station['link'] | null };

const skbAt = (stack: Stack, packet: Packet, { in: device }: Devices): Skb => ({ ...skbOf(stack, packet), in: device, isAnswer: true });

/** Walks a message; what any choice decides is not known, but for tables that nobody read, which the packet itself meets. */
function decided(world: World, { scope }: Stack, walk: (run: Run) => Heard): Heard {
  let open: Gap | undefined;
  const untold: Gap = { of: 'neighbour', scope, why: 'not modelled', detail: 'whether a rule takes what asks for a neighbour' };
  const pick: ConstructorParameters<typeof Run>[1]['pick'] = ({ of, because }) => {
    if (of !== 'tables not seen') open ??= because?.gap ?? untold;
    return 0;
  };
  const heard = walk(new Run(world, { pick }, FRESH));
  return open === undefined || heard.is === 'gap' ? heard : { is: 'gap', gap: open };
}

function passed(run: Run, message: Skb, hooks: readonly Hook[], devices: Devices): Heard {
  let skb = message;
  for (const hook of hooks) {
    const next = netfilter(run, skb, hook, devices);
    if (!('stage' in next)) skb = next;
    else if (next.stage !== 'end') return HEARD;
    else if (next.reason.gap !== undefined) return next.reason.gap.why === 'not collected' ? HEARD : { is: 'gap', gap: next.reason.gap };
    else return { is: 'lost', by: next.reason.by, counted: countedOn(next.skb.trail) };
  }
  return HEARD;
}

function countedOn(trail: Trail): readonly Origin[] {
  const counted: Origin[] = [];
  for (let at: Trail | null = trail; at !== null; at = at.before) if ('step' in at) counted.push(...at.step.counted);
  return counted;
}

const [SOLICITATION, ADVERTISEMENT] = [135, 136];
const SIZE = 72;

/** A solicitation to all that may have the address, or an advertisement to who asked (RFC 4861, sec. 4.3 and 4.4). */
function packetOf({ asker, target }: Question, message: Message): Packet {
  const isQuestion = message === 'question';
  const ends = isQuestion ? { source: asker, destination: solicited(target) } : { source: target, destination: asker };
  const icmp = { type: isQuestion ? SOLICITATION : ADVERTISEMENT, code: 0, id: 0 };
  return { ...ends, ...BARE, protocol: 'icmpv6', icmp, size: SIZE };
}

const BARE = { sourcePort: 0, destinationPort: 0, tcp: null, df: false, ttl: 255, mark: 0 } as const;
const ARP_SIZE = 28;

/** What stands for a message of ARP where the walk of rules wants a packet; they read the message itself. */
const requestPacket = ({ asker, target }: Question): Packet => ({
  ...BARE,
  source: asker,
  destination: target,
  protocol: 'udp',
  icmp: null,
  size: ARP_SIZE,
});

function arpOf({ asking, asked }: Ends, { asker, target }: Question, message: Message): ArpMessage {
  const macOf = (station: Station | null) => (typeof station?.link.mac === 'string' ? station.link.mac : undefined);
  const ends = [
    { ip: asker, mac: macOf(asking) },
    { ip: target, mac: macOf(asked) },
  ] as const;
  return message === 'question'
    ? { operation: 'request', sender: ends[0], target: ends[1] }
    : { operation: 'reply', sender: ends[1], target: ends[0] };
}

/** The group of all that have an address with the same last 24 bits (addrconf_addr_solict_mult). */
const solicited = (address: Ip): Ip => fromBits(0xff02_0000_0000_0000_0000_0001_ff00_0000n | (toBits(address) & 0xff_ffffn), 6);
