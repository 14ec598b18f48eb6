import type { IptablesRule } from '#facts/iptables/iptables';
import { UNTRACKED } from '../conntrack/connection.ts';
import { type Context, Options } from './context.ts';
import { maskedOf } from './numbers.ts';

/** What a NAT target asks for. */
export type Rewrite = {
  readonly what: 'source' | 'destination';
  readonly to: 'addresses' | 'masquerade' | 'redirect' | 'same';
  readonly addresses: readonly string[];
  readonly ports: string | null;
};

/** What a target does with a packet that its rule matched. */
export type Effect =
  | { readonly does: 'accept' | 'drop' | 'return' | 'go on' }
  | { readonly does: 'reject'; readonly with: string }
  | { readonly does: 'rewrite'; readonly rewrite: Rewrite }
  | { readonly does: 'unknown'; readonly detail: string };

const GO_ON: Effect = { does: 'go on' };

/** Targets that only log, count, or change what is not walked here. */
const WITHOUT_EFFECT = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'TRACE',
  'TCPMSS',
  'CHECKSUM',
  'CLASSIFY',
  'DSCP',
  'TOS',
  'SECMARK',
  'CONNSECMARK',
  'AUDIT',
  'RATEEST',
  'IDLETIMER',
  'LED',
  'SET',
  'TEE',
  'NFACCT',
  'ECN',
]);

/** What the target of a matched rule does; marks are changed in the context. */
export function effectOf(rule: IptablesRule, context: Context): Effect {
  const { target } = rule;
  if (target === null) return GO_ON;
  const options = new Options(target.options);
  switch (target.name) {
    case 'ACCEPT':
      return { does: 'accept' };
    case 'DROP':
      return { does: 'drop' };
    case 'RETURN':
      return { does: 'return' };
    case 'REJECT':
      return { does: 'reject', with: options.get('reject-with')?.value ?? 'icmp-port-unreachable' };
    case 'MARK':
      return marked(options, context, rule);
    case 'CONNMARK':
      return connmarked(options, context, rule);
    case 'NOTRACK':
      context.track = UNTRACKED;
      return GO_ON;
    case 'CT':
      if (options.has('notrack')) context.track = UNTRACKED;
      else if (options.get('zone', 'zone-orig', 'zone-reply') !== undefined)
        return { does: 'unknown', detail: `conntrack zones are not modelled: ${rule.text}` };
      return GO_ON;
    case 'TTL':
    case 'HL':
      return ttl(options, context, rule);
    default:
      if (WITHOUT_EFFECT.has(target.name)) return GO_ON;
      return rewriteOf(target.name, options) ?? { does: 'unknown', detail: `-j ${target.name} is not modelled: ${rule.text}` };
  }
}

/** The new value of a mark by the options of MARK and CONNMARK (net/netfilter/xt_mark.c, xt_connmark.c). */
function newMark(options: Options, before: number): number | undefined {
  const forms = [
    ['set-xmark', (value: number, mask: number) => (before & ~mask) ^ value],
    ['set-mark', (value: number, mask: number) => (before & ~(mask | value)) | value],
    ['and-mark', (value: number) => before & value],
    ['or-mark', (value: number) => before | value],
    ['xor-mark', (value: number) => before ^ value],
  ] as const;
  for (const [name, change] of forms) {
    const option = options.get(name);
    const given = option === undefined ? undefined : maskedOf(option.value);
    if (given !== undefined) return change(given.value, given.mask) >>> 0;
  }
  return undefined;
}

function marked(options: Options, context: Context, rule: IptablesRule): Effect {
  const mark = newMark(options, context.packet.mark);
  if (mark === undefined) return { does: 'unknown', detail: `not understood: ${rule.text}` };
  context.packet = { ...context.packet, mark };
  return GO_ON;
}

function connmarked(options: Options, context: Context, rule: IptablesRule): Effect {
  const connection = context.track?.connection ?? null;
  const masks = {
    packet: maskedOf(options.get('nfmask', 'mask')?.value ?? '0xffffffff')?.value ?? 0,
    connection: maskedOf(options.get('ctmask', 'mask')?.value ?? '0xffffffff')?.value ?? 0,
  };
  if (connection === null) return GO_ON;
  if (options.has('save-mark')) connection.mark = ((connection.mark & ~masks.connection) ^ (context.packet.mark & masks.packet)) >>> 0;
  else if (options.has('restore-mark')) {
    const mark = ((context.packet.mark & ~masks.packet) ^ (connection.mark & masks.connection)) >>> 0;
    context.packet = { ...context.packet, mark };
  } else {
    const mark = newMark(options, connection.mark);
    if (mark === undefined) return { does: 'unknown', detail: `not understood: ${rule.text}` };
    connection.mark = mark;
  }
  return GO_ON;
}

function ttl(options: Options, context: Context, rule: IptablesRule): Effect {
  const set = options.get('ttl-set', 'hl-set');
  const less = options.get('ttl-dec', 'hl-dec');
  const more = options.get('ttl-inc', 'hl-inc');
  const now = context.packet.ttl;
  const next = set !== undefined ? Number(set.value) : less !== undefined ? now - Number(less.value) : now + Number(more?.value);
  if (Number.isNaN(next)) return { does: 'unknown', detail: `not understood: ${rule.text}` };
  context.packet = { ...context.packet, ttl: Math.min(255, Math.max(0, next)) };
  return GO_ON;
}

function rewriteOf(name: string, options: Options): Effect | undefined {
  const flags = ['random', 'random-fully', 'persistent'];
  for (const flag of flags) options.get(flag);
  const port = options.get('to-ports')?.value ?? null;
  const plain = { addresses: [], ports: port };
  if (name === 'MASQUERADE') return { does: 'rewrite', rewrite: { what: 'source', to: 'masquerade', ...plain } };
  if (name === 'REDIRECT') return { does: 'rewrite', rewrite: { what: 'destination', to: 'redirect', ...plain } };
  if (name !== 'DNAT' && name !== 'SNAT') return undefined;
  const given = options.get('to-destination', 'to-source', 'to')?.value ?? null;
  // `10.0.0.1:80`, `[2001:db8::1]:80`, `:80`, `10.0.0.1-10.0.0.9:80-90`
  const [, bracketed, plainAddress, ports] = /^(?:\[([^\]]*)\]|([^:]*|[^[\]]*:[^[\]]*:[^[\]]*?))(?::([\d-]+))?$/.exec(given ?? '') ?? [];
  const address = bracketed ?? plainAddress ?? '';
  const what = name === 'DNAT' ? 'destination' : 'source';
  return {
    does: 'rewrite',
    rewrite: { what, to: address === '' ? 'same' : 'addresses', addresses: address === '' ? [] : [address], ports: ports ?? null },
  };
}
