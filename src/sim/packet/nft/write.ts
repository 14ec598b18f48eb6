import type { NftExpression, NftStatement } from '#facts/nft/nft';
import { fromBits } from '#net/ip';
import { parseMac } from '#net/mac';
import type { Gap } from '#snapshot/gap';
import { seenBy, template } from '../conntrack/connection.ts';
import { isLaterFragment } from '../iptables/fragment.ts';
import { withoutDrawn } from '../packet.ts';
import { gapOf, type NftContext } from './context.ts';
import { typesOf } from './data-type.ts';
import { evaluate } from './evaluate.ts';
import { isGap, type Value } from './value.ts';

type Write = Extract<NftStatement, { does: 'write' }>;

/** What was written: nothing to tell, `break` where the packet has no such field, or why the effect is not known. */
export type Written = 'written' | 'break' | { readonly gap: Gap };

/** Writes a mark or a field of a header (nft_meta.c, nft_ct.c, nft_payload.c). */
export function write(context: NftContext, { to, value }: Write): Written {
  if (typeof to !== 'object' || isWithoutEffect(to)) return 'written';
  const [type] = typesOf(to, context.family);
  const read = evaluate(context, value, type);
  if (read === 'break') return 'break';
  if (isGap(read)) return read;
  const [first] = read;
  if (first === undefined) return 'break';
  if (to.is === 'meta') return writeMeta(context, to.key, first);
  if (to.is === 'ct') return to.key === 'zone' ? writeZone(context, to.direction, first) : writeCt(context, to.key, first);
  if (to.is === 'payload') return writePayload(context, to.protocol, to.field, first);
  return gapOf(context, `writing ${to.is} is not modelled`);
}

/** What changes nothing that is walked: tracing, priorities, the class of service, the segment size that TCP is told. */
function isWithoutEffect(to: Exclude<NftExpression, string | number | boolean>): boolean {
  if (to.is === 'meta') return ['nftrace', 'priority', 'secmark'].includes(to.key);
  if (to.is === 'ct') return ['label', 'event', 'eventmask', 'secmark', 'helper', 'timeout'].includes(to.key);
  return to.is === 'option' && to.of === 'tcp';
}

function writeMeta(context: NftContext, key: string, value: Value): Written {
  if (key !== 'mark' || typeof value !== 'bigint') return gapOf(context, `meta ${key} set is not modelled`);
  context.packet = { ...context.packet, mark: Number(BigInt.asUintN(32, value)) };
  return 'written';
}

function writeCt(context: NftContext, key: string, value: Value): Written {
  if (key !== 'mark' || typeof value !== 'bigint') return gapOf(context, `ct ${key} set is not modelled`);
  const connection = context.track?.connection ?? null;
  if (connection === null) return 'written'; // nft_ct_set_eval returns, the rule goes on, also of a template
  const mark = Number(BigInt.asUintN(32, value));
  if (mark !== connection.mark) context.run.touch();
  connection.mark = mark;
  return 'written';
}

/** A zone to track in, of both directions or of one; what is tracked, or has a zone, keeps its own (nft_ct_set_zone_eval). */
function writeZone(context: NftContext, direction: 'original' | 'reply' | null, value: Value): Written {
  if (typeof value !== 'bigint') return gapOf(context, 'ct zone set is not modelled');
  if (seenBy(context.track) !== null) return 'written';
  const id = Number(BigInt.asUintN(16, value));
  const zone = { original: direction === 'reply' ? 0 : id, reply: direction === 'original' ? 0 : id };
  context.track = template(zone, context.packet);
  return 'written';
}

/** Headers that a packet has to have for a field to be written. */
function hasHeader({ packet, family }: NftContext, protocol: string): boolean {
  if (protocol === 'ip') return family === 4;
  if (protocol === 'ip6') return family === 6;
  // a later piece has none but that of IP (nft_payload_set_eval, pkt->fragoff)
  if (isLaterFragment(packet)) return false;
  return protocol === 'th' ? packet.icmp === null : packet.protocol === protocol;
}

function writePayload(context: NftContext, protocol: string, field: string, value: Value): Written {
  if (typeof value !== 'bigint') return gapOf(context, `${protocol} ${field} set is not modelled`);
  if (protocol === 'ether') return writeFrame(context, field, value);
  if (!hasHeader(context, protocol)) return 'break';
  const { packet, family } = context;
  switch (field) {
    case 'saddr':
      context.packet = { ...packet, source: fromBits(value, family) };
      return 'written';
    case 'daddr':
      context.packet = { ...packet, destination: fromBits(value, family) };
      return 'written';
    case 'sport':
      context.packet = { ...withoutDrawn(packet, 'source'), sourcePort: Number(value) };
      return 'written';
    case 'dport':
      context.packet = { ...withoutDrawn(packet, 'destination'), destinationPort: Number(value) };
      return 'written';
    case 'ttl':
    case 'hoplimit':
      context.packet = { ...packet, ttl: Number(value) };
      return 'written';
    case 'dscp':
      context.packet = { ...packet, tos: (Number(value) << 2) | ((packet.tos ?? 0) & 3) };
      return 'written';
    case 'ecn':
      context.packet = { ...packet, tos: ((packet.tos ?? 0) & ~3) | Number(value) };
      return 'written';
    default:
      return gapOf(context, `${protocol} ${field} set is not modelled`);
  }
}

function writeFrame(context: NftContext, field: string, value: Value): Written {
  const { frame } = context;
  const mac = parseMac((value.toString(16).padStart(12, '0').match(/../g) ?? []).join(':'));
  if (frame === null || mac === undefined) return 'break';
  if (field !== 'saddr' && field !== 'daddr') return gapOf(context, `ether ${field} set is not modelled`);
  context.frame = field === 'saddr' ? { ...frame, from: mac } : { ...frame, to: mac };
  return 'written';
}
