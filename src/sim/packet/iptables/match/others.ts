import type { Link } from '#facts/link/link';
import { parseMac } from '#net/mac';
import { addressType } from '../../route/address-type.ts';
import { all, type Compile, type Context, negated, type Test } from '../context.ts';
import { addressRangeOf, inAddressRange, maskedOf } from '../numbers.ts';

/** Holds always: it only says or counts something. */
export const always: Compile = (options) => {
  options.get('comment', 'nfacct-name');
  return () => true;
};

/** `-m mark --mark value/mask`. */
export const mark: Compile = (options) => {
  const option = options.get('mark');
  const wanted = option === undefined ? undefined : maskedOf(option.value);
  if (option === undefined || wanted === undefined) return undefined;
  return ({ packet }) => ((packet.mark & wanted.mask) >>> 0 === wanted.value) !== option.not;
};

/** `-m addrtype` (net/netfilter/xt_addrtype.c). */
export const addrtype: Compile = (options) => {
  const device = options.has('limit-iface-in') ? 'in' : options.has('limit-iface-out') ? 'out' : null;
  const tests = (['src-type', 'dst-type'] as const).flatMap((name): Test[] => {
    const option = options.get(name);
    if (option === undefined) return [];
    const wanted = new Set(option.value.split(','));
    return [
      negated(option.not, (context) => {
        const address = name === 'src-type' ? context.packet.source : context.packet.destination;
        const type = addressType(context.stack, address, device === null ? null : (context[device]?.name ?? null));
        return typeof type === 'string' ? wanted.has(type) : { gap: type };
      }),
    ];
  });
  return tests.length === 0 ? undefined : all(tests);
};

/** `-m statistic`: by chance, or every nth packet, whose count is not known. */
export const statistic: Compile = (options) => {
  const mode = options.get('mode');
  const probability = options.get('probability');
  const every = options.get('every');
  options.get('packet');
  const chance = mode?.value === 'random' ? Number(probability?.value) : 1 / Number(every?.value);
  if (!(chance >= 0 && chance <= 1)) return undefined;
  const not = (probability ?? every)?.not === true;
  const holds = not ? 1 - chance : chance;
  return () => (holds <= 0 ? false : holds >= 1 ? true : { probability: holds });
};

/** Whether a device is meant by a name with an optional trailing `+` (net/netfilter/x_tables.h ifname_compare). */
export const isDevice = (link: Link | null, name: string): boolean =>
  name.endsWith('+') ? (link?.name ?? '').startsWith(name.slice(0, -1)) : (link?.name ?? '') === name;

/** `-m physdev` (net/netfilter/xt_physdev.c). */
export const physdev: Compile = (options) => {
  const tests: Test[] = [];
  const physIn = options.get('physdev-in');
  const physOut = options.get('physdev-out');
  const isIn = options.get('physdev-is-in');
  const isOut = options.get('physdev-is-out');
  const isBridged = options.get('physdev-is-bridged');
  if (physIn !== undefined) tests.push(({ bridged }) => (bridged !== null && isDevice(bridged.physIn, physIn.value)) !== physIn.not);
  if (physOut !== undefined)
    tests.push(({ bridged }) => (bridged?.physOut != null && isDevice(bridged.physOut, physOut.value)) !== physOut.not);
  if (isIn !== undefined) tests.push(({ bridged }) => (bridged !== null) !== isIn.not);
  if (isOut !== undefined) tests.push(({ bridged }) => (bridged?.physOut != null) !== isOut.not);
  if (isBridged !== undefined) tests.push(({ bridged }) => (bridged?.physOut != null) !== isBridged.not);
  return all(tests);
};

const CASTS: Readonly<Record<string, Context['cast']>> = { unicast: 'host', broadcast: 'broadcast', multicast: 'multicast' };

/** `-m pkttype`. */
export const pkttype: Compile = (options) => {
  const option = options.get('pkt-type');
  const wanted = CASTS[option?.value ?? ''];
  return option === undefined || wanted === undefined ? undefined : ({ cast }) => (cast === wanted) !== option.not;
};

/** `-m iprange`. */
export const iprange: Compile = (options) => {
  const tests: Test[] = [];
  for (const [name, end] of [
    ['src-range', 'source'],
    ['dst-range', 'destination'],
  ] as const) {
    const option = options.get(name);
    if (option === undefined) continue;
    const range = addressRangeOf(option.value);
    if (range === undefined) return undefined;
    tests.push(({ packet }) => inAddressRange(packet[end], range) !== option.not);
  }
  return all(tests);
};

/** `-m mac --mac-source`. */
export const mac: Compile = (options) => {
  const option = options.get('mac-source');
  const wanted = option === undefined ? undefined : parseMac(option.value);
  return option === undefined || wanted === undefined
    ? undefined
    : ({ fromMac }) => fromMac !== null && (fromMac === wanted) !== option.not;
};

/** `-m length --length`. */
export const length: Compile = (options) => {
  const option = options.get('length');
  const [low = NaN, high = low] = (option?.value ?? '').split(':').map(Number);
  if (option === undefined || Number.isNaN(low)) return undefined;
  return ({ packet }) => (packet.size >= low && packet.size <= high) !== option.not;
};

/** `-m ttl`. */
export const ttl: Compile = (options) => {
  const equal = options.get('ttl-eq', 'ttl');
  const less = options.get('ttl-lt');
  const more = options.get('ttl-gt');
  const option = equal ?? less ?? more;
  if (option === undefined) return undefined;
  const value = Number(option.value);
  return ({ packet }) =>
    equal !== undefined ? (packet.ttl === value) !== equal.not : less !== undefined ? packet.ttl < value : packet.ttl > value;
};

const notTold = (context: Context, of: string, detail: string) => ({
  gap: { of, scope: context.stack.scope, why: 'not modelled' as const, detail },
});

/** `-m owner`: a forwarded packet has no owner; whose socket a packet of this namespace came from is not known. */
export const owner: Compile = (options) => {
  for (const name of ['uid-owner', 'gid-owner', 'socket-exists', 'suppl-groups']) options.get(name);
  return (context) => (context.own ? notTold(context, 'socket', 'who owns the sending socket is not known') : false);
};

/** `-m limit`, `-m hashlimit`, `-m recent` …: what they answer depends on other packets. */
export const dependsOnOthers =
  (detail: string): Compile =>
  (options) => {
    for (let name = options.unread(); name !== undefined; name = options.unread()) options.get(name.replace(/^-+/, ''));
    return (context) => notTold(context, 'iptables', detail);
  };
