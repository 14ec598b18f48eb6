import type { RecentNote } from '../../notes.ts';
import type { Answer, Compile, Context, Options } from '../context.ts';
import { notTold } from '../not-told.ts';
import { numberOf } from '../numbers.ts';
import { enter, keep, maskedBy, reap, remembered } from '../recent/list.ts';

/** What a rule asks of a list, as written. */
type Asked = {
  readonly does: 'set' | 'remove' | 'check' | 'update';
  readonly not: boolean;
  readonly list: string;
  readonly end: 'source' | 'destination';
  readonly seconds: number;
  readonly hits: number;
  readonly reaps: boolean;
  readonly asksTtl: boolean;
};

/** `-m recent`: whether an address is on a list, and since when; what it does to the list later packets find (net/netfilter/xt_recent.c recent_mt). */
export const recent: Compile = (options) => {
  const asked = askedIn(options);
  return asked === undefined ? undefined : (context) => matched(asked, context);
};

function askedIn(options: Options): Asked | undefined {
  const [set, remove, update] = [options.get('set'), options.get('remove'), options.get('update')];
  const check = options.get('rcheck', 'check');
  const does = set !== undefined ? 'set' : remove !== undefined ? 'remove' : update !== undefined ? 'update' : 'check';
  const seconds = numberOf(options.get('seconds')?.value ?? '0');
  const hits = numberOf(options.get('hitcount')?.value ?? '0');
  const list = options.get('name')?.value ?? 'DEFAULT';
  options.get('mask');
  const end = options.has('rdest') ? 'destination' : 'source';
  options.has('rsource');
  const doing = set ?? remove ?? update ?? check;
  if (doing === undefined || seconds === undefined || hits === undefined) return undefined;
  return { does, not: doing.not, list, end, seconds, hits, reaps: options.has('reap'), asksTtl: options.has('rttl') };
}

function matched(asked: Asked, context: Context): Answer {
  const { does, not, list, end } = asked;
  const { packet } = context;
  if (does !== 'set') context.rounds?.vary();
  const address = maskedBy(context, list, packet[end]);
  if (address === undefined) return does === 'set' ? !not : notTold(context, 'iptables', `the mask of the list ${list} is not known`);
  // the TTL as it was before this machine took one off
  const ttl = (packet.ttl + (context.out !== null && !context.own ? 1 : 0)) % 256;
  const held = remembered(context, list, address);
  if (held !== null && 'gap' in held) {
    if (does === 'set') enter(context, list, address, ttl);
    else if (does !== 'check' || asked.reaps) keep(context, list, address, '?');
    return does === 'set' ? !not : held;
  }
  const isOther = held !== null && asked.asksTtl && held.ttl !== 0 && ttl !== 0 && held.ttl !== ttl;
  if (held === null || isOther) {
    if (does === 'set') enter(context, list, address, ttl);
    return does === 'set' ? !not : not;
  }
  if (does === 'remove') keep(context, list, address, null);
  if (does === 'set') keep(context, list, address, seenNow(context, held, ttl));
  return does === 'check' || does === 'update' ? checked(asked, context, held, { address, ttl }) : !not;
}

type Its = { readonly address: Parameters<typeof keep>[2]; readonly ttl: number };

function checked(asked: Asked, context: Context, held: RecentNote, { address, ttl }: Its): Answer {
  const { does, not, list, seconds, hits, reaps } = asked;
  const since = (context.at ?? 0) - seconds * 1000;
  const sure = held.seen.filter((at) => seconds === 0 || at >= since).length + (seconds === 0 ? held.untold : 0);
  const most = seconds === 0 ? sure : sure + held.untold;
  const wanted = Math.max(1, hits);
  if (sure < wanted && most >= wanted) {
    if (does === 'update' || reaps) keep(context, list, address, '?');
    return notTold(context, 'recent-address', `when ${address} was put on the list ${list} is not known`);
  }
  const holds = sure >= wanted !== not;
  const updates = does === 'update' && holds;
  if (reaps) reap(context, list, since, updates ? address : null);
  if (updates) keep(context, list, address, seenNow(context, held, ttl));
  return holds;
}

/** One more time; of so many as any rule may count the newest are kept (XT_RECENT_MAX_NSTAMPS). */
const seenNow = (context: Context, { seen, untold }: RecentNote, ttl: number): RecentNote => ({
  ttl,
  seen: [context.at ?? 0, ...seen].slice(0, 256),
  untold,
});
