import { baseOf, cidrOf } from '#net/cidr';
import { bitsOf, familyOf, type Ip, ip } from '#net/ip';
import type { Packet } from '../../packet.ts';
import { type Compile, type Context, opposite, type Options, type Where } from '../context.ts';
import { isLaterFragment } from '../fragment.ts';
import { notTold } from '../not-told.ts';
import { numberOf } from '../numbers.ts';
import { leastOf } from './limit.ts';
import { mostOf, type Rate, rateOf, taken, type Tokens } from './tokens.ts';
import { mayTake, UNTOLD } from './untold-bucket.ts';

/** What a rule asks of its table. */
type Asked = Rate & {
  readonly table: string;
  readonly burst: number;
  readonly above: boolean;
  readonly modes: ReadonlySet<string>;
  readonly masks: { readonly source: number | null; readonly destination: number | null };
  readonly forgottenMs: number;
};

const DETAIL = 'a hashlimit depends on how many packets came before (net/netfilter/xt_hashlimit.c)';
/** Protocols whose SPI stands in the place of both ports. */
const HAS_SPI: ReadonlySet<Packet['protocol']> = new Set(['esp', 'ah']);
const NOWHERE = { 4: ip`0.0.0.0`, 6: ip`::` } as const;

/**
 * `-m hashlimit`: a limit for each address or port, as its mode says (net/netfilter/xt_hashlimit.c hashlimit_mt_common). What was used
 * up before the reading the table tells; where it was not read, what the rule counted. Rates of bytes and measured rates are not
 * walked.
 */
export const hashlimit: Compile = (options, where) => {
  const asked = askedIn(options);
  if (asked === undefined) {
    options.readAll();
    return (context) => notTold(context, 'iptables', DETAIL);
  }
  return (context) => matched(asked, where, context);
};

function askedIn(options: Options): Asked | undefined {
  const above = options.get('hashlimit-above');
  const upto = options.get('hashlimit-upto', 'hashlimit');
  const rate = rateOf((above ?? upto)?.value ?? '');
  const burst = numberOf(options.get('hashlimit-burst')?.value ?? '5');
  const table = options.get('hashlimit-name')?.value;
  const [source, destination] = ['hashlimit-srcmask', 'hashlimit-dstmask'].map((name) => lengthIn(options, name));
  const expire = options.get('hashlimit-htable-expire');
  const modes = new Set(options.get('hashlimit-mode')?.value.split(',') ?? []);
  for (const name of ['size', 'max', 'gcinterval']) options.get(`hashlimit-htable-${name}`);
  if (rate === undefined || burst === undefined || table === undefined || source === undefined || destination === undefined)
    return undefined;
  const isAbove = above !== undefined ? !above.not : upto?.not === true;
  const forgottenMs = expire === undefined ? rate.unitMs : numberOf(expire.value);
  if (forgottenMs === undefined) return undefined;
  return { ...rate, table, burst, above: isAbove, modes, masks: { source, destination }, forgottenMs };
}

/** A prefix length, `null` where none is written; nothing where it is none. */
function lengthIn(options: Options, name: string): number | null | undefined {
  const option = options.get(name);
  return option === undefined ? null : numberOf(option.value);
}

function matched(asked: Asked, where: Where, context: Context): ReturnType<typeof taken> {
  const { packet, stack } = context;
  const isPorted = ['srcport', 'dstport'].some((mode) => asked.modes.has(mode));
  const { perMs, burst, forgottenMs } = asked;
  const limit = { perMs, burst, top: mostOf(burst, perMs), forgottenMs };
  const keyOf = (bucket: string): string => `${stack.key} hashlimit ${familyOf(packet.source)} ${asked.table} ${bucket}`;
  const common = keyOf(bucketOf(asked, packet, UNTOLD));
  const untold = isPorted ? untoldPorts(packet) : undefined;
  if (untold !== undefined) {
    mayTake(common, limit, context);
    return notTold(context, 'iptables', untold);
  }
  const bucket = bucketOf(asked, packet);
  const atReading = readAs(asked, where, context, bucket);
  if ('gap' in atReading) return atReading;
  const below = taken({ ...limit, key: keyOf(bucket), ...(isPorted ? { common } : {}), atReading, detail: DETAIL }, context);
  return asked.above ? opposite(below) : below;
}

/** Why nobody knows what stands where the ports of a packet are read. */
function untoldPorts(packet: Packet): string | undefined {
  if (isLaterFragment(packet)) return 'the ports of a later piece are not known (xt_hashlimit.c)';
  return HAS_SPI.has(packet.protocol)
    ? 'of ESP and AH the SPI is hashed, which is not walked (include/linux/in.h proto_ports_offset)'
    : undefined;
}

/** What packets are alike in: zero where the mode does not look, and for protocols without ports (hashlimit_init_dst). */
function bucketOf({ modes, masks }: Asked, packet: Packet, ports?: typeof UNTOLD): string {
  const isPorted = packet.icmp === null;
  const address = (mode: string, own: Ip, length: number | null): Ip =>
    modes.has(mode) ? baseOf(cidrOf(own, length ?? bitsOf(familyOf(own)))) : NOWHERE[familyOf(own)];
  const port = (mode: string, own: number): number | string => (modes.has(mode) ? (ports ?? (isPorted ? own : 0)) : 0);
  const source = `${address('srcip', packet.source, masks.source)} ${port('srcport', packet.sourcePort)}`;
  return `${source} ${address('dstip', packet.destination, masks.destination)} ${port('dstport', packet.destinationPort)}`;
}

/** What a bucket held when it was read: one that is not there is full. A table that another rule made may be another's limit. */
function readAs(
  { table, burst, perMs, above }: Asked,
  where: Where,
  context: Context,
  bucket: string,
): Tokens['atReading'] | ReturnType<typeof notTold> {
  const { hashlimits } = context.stack;
  const key = `${familyOf(context.packet.source)} ${table} ${bucket}`;
  const most = mostOf(burst, perMs);
  const read = hashlimits.is === 'seen' ? hashlimits.table.get(key) : undefined;
  if (read !== undefined && Math.round(read.burst) !== burst)
    return notTold(context, 'hashlimit-bucket', `the table ${table} has the limit of another rule (net/netfilter/xt_hashlimit.c)`);
  if (read !== undefined) return { least: Math.floor(read.tokens), most: Math.min(most, read.tokens) };
  if (hashlimits.is === 'seen' && hashlimits.complete) return { least: burst, most };
  return { least: above ? 0 : leastOf(burst, where), most };
}
