import type { FactOf } from '#facts/kinds';
import { lengthOfMask } from '#net/cidr';
import { isUnspecified, parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import type { Origin } from '#snapshot/origin';
import { bareLink } from '../bridge-link/port-link.ts';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { NOTHING } from '../ip-link/counter-rows.ts';
import { coverageOf, linesOf, quoted, wholeNumber } from '../lines.ts';
import { inEnglish } from '../net-tools-chinese.ts';

type Link = FactOf<'link'>;
type Address = FactOf<'address'>;
type LinkCounters = FactOf<'link-counters'>;

const NEW_HEAD = /^(\S{1,40}): flags=\d{1,10}<([A-Z,0-9-]{0,300})> {2}mtu (\d{1,9})/;
const OLD_HEAD = /^(\S{1,40}) +Link encap:(\S.{0,40}?)(?: {2}HWaddr (\S{1,60}))?\s*$/;
const OLD_FLAGS = /^\s+((?:[A-Z]{2,20} +)+)MTU:(\d{1,9})/;

type Device = { name: string; label: string; origin: Origin; link: Link; addresses: Address[]; counters: LinkCounters };

/** What one line adds, tried in order: `inet …`, `inet6 …`, `ether …`, counters. Both the style of net-tools 2 and the one before. */
function takeLine(device: Device, line: string, origin: Origin): boolean {
  const flags = OLD_FLAGS.exec(line);
  if (flags !== null) {
    device.link = { ...device.link, ...flagged((flags[1] ?? '').trim().split(/\s+/)), mtu: wholeNumber(flags[2]) };
    return true;
  }
  const address = addressIn(line, device, origin);
  if (address !== undefined) {
    device.addresses.push(address);
    return true;
  }
  const mac = /^\s+ether (\S{1,60})\s/.exec(line)?.[1];
  if (mac !== undefined) {
    device.link = { ...device.link, mac: parseMac(mac) ?? null };
    return true;
  }
  if (/^\s+(?:loop|unspec|tunnel|infiniband|ppp|sit)\b/.test(line)) return true;
  return takeCounters(device, line);
}

const flagged = (flags: readonly string[]): Pick<Link, 'up' | 'noArp' | 'promiscuous'> => ({
  up: flags.includes('UP'),
  noArp: flags.includes('NOARP'),
  promiscuous: flags.includes('PROMISC'),
});

function addressIn(line: string, { name, label }: Device, origin: Origin): Address | undefined {
  const base = { dev: name, peer: undefined, broadcast: undefined, scope: undefined, secondary: undefined, deprecated: undefined, origin };
  const six = /^\s+inet6 (?:addr: )?([0-9a-f:]{2,45})(?:\/| {2}prefixlen )(\d{1,3})(?:.{0,40}?(?:Scope:|<)(\w{1,20}))?/.exec(line);
  const address = parseIp(six?.[1] ?? '');
  if (six !== null && address !== undefined)
    return { ...base, address, length: Number(six[2]), broadcast: null, scope: scopeName(six[3]), label: null };
  const four = /^\s+inet (?:addr:)?([0-9.]{7,15})\s/.exec(`${line} `)?.[1];
  const own = parseIp(four ?? '');
  const mask = lengthOfMask(/(?:netmask |Mask:)([0-9.]{7,15})/.exec(line)?.[1] ?? '');
  if (own === undefined || mask === undefined) return undefined;
  const cast = parseIp(/(?:broadcast |Bcast:)([0-9.]{7,15})/.exec(line)?.[1] ?? '');
  const peer = parseIp(/(?:destination |P-t-P:)([0-9.]{7,15})/.exec(line)?.[1] ?? '');
  return {
    ...base,
    address: own,
    length: mask,
    peer: peer === own ? undefined : peer, // shown of point-to-point devices only
    broadcast: cast === undefined || isUnspecified(cast) ? null : cast,
    label,
  };
}

const scopeName = (word: string | undefined): string | undefined => (word === undefined ? undefined : word.toLowerCase());

const FIELDS: ReadonlyMap<string, keyof LinkCounters> = new Map(
  Object.entries<keyof LinkCounters>({
    'RX packets': 'rxPackets',
    'RX bytes': 'rxBytes',
    'RX errors': 'rxErrors',
    'RX dropped': 'rxDropped',
    'TX packets': 'txPackets',
    'TX bytes': 'txBytes',
    'TX errors': 'txErrors',
    'TX dropped': 'txDropped',
  }),
);

function takeCounters(device: Device, line: string): boolean {
  let side = '';
  const told: Partial<Record<string, number>> = {};
  for (const found of line.matchAll(/(?:^|\s)(RX|TX)?\s?(packets|bytes|errors|dropped)[: ](\d{1,20})/g)) {
    side = found[1] ?? side;
    const field = FIELDS.get(`${side} ${found[2] ?? ''}`);
    if (field !== undefined) told[field] = Number(found[3]);
  }
  device.counters = { ...device.counters, ...told };
  return Object.keys(told).length > 0 || /^\s+(?:collisions|Interrupt|device|Memory|\[NO FLAGS\])/.test(line);
}

function headOf(line: string, origin: Origin): Device | undefined {
  const fresh = NEW_HEAD.exec(line);
  const old = fresh === null ? OLD_HEAD.exec(line) : null;
  const label = fresh?.[1] ?? old?.[1];
  if (label === undefined) return undefined;
  const [name = label] = /:\d{1,6}$/.test(label) ? label.split(':', 1) : [label];
  const own = bareLink(name, origin);
  const counters: LinkCounters = { ...NOTHING, name, origin };
  const link =
    fresh === null
      ? { ...own, mac: old?.[3] === undefined ? (old?.[2]?.startsWith('Local') === true ? undefined : null) : (parseMac(old[3]) ?? null) }
      : { ...own, ...flagged((fresh[2] ?? '').split(',')), mtu: wholeNumber(fresh[3]) };
  return { name, label, origin, link, addresses: [], counters };
}

/** What `netstat -ie` writes above. */
const INTERFACES = 'Kernel Interface table';

function parse(input: Input): Parsed {
  const problems: Problem[] = [];
  const devices: Device[] = [];
  let last: Device | undefined;
  for (const [index, line] of linesOf(inEnglish(input.text)).entries()) {
    if (line.trim() === '' || line.trim() === INTERFACES) continue;
    const origin = lineOf(input, index + 1);
    const short = line.slice(0, 1000);
    const device = headOf(short, origin);
    if (device !== undefined) devices.push(device);
    // a device that was not understood: what stands behind is not of the one before
    if (device !== undefined || /^\S/.test(line)) last = device;
    if (device === undefined && (last === undefined || !takeLine(last, short, origin)))
      problems.push({ line: index + 1, why: `not a line of ifconfig: ${quoted(line)}` });
  }
  return { readings: readingsOf(input, devices, problems.length > 0), problems };
}

function readingsOf(input: Input, devices: readonly Device[], isLost: boolean): Parsed['readings'] {
  const whole = !isLost && input.argv.includes('-a') && coverageOf(input) === true;
  const own = devices.filter(({ name, label }) => name === label); // `eth0:1` is a label of an address, no device
  const counted = own.filter(({ counters }) => counters.rxPackets !== undefined);
  return [
    reading(
      'link',
      own.map(({ link }) => link),
      whole ? true : [],
    ),
    // further addresses of a device that have no label of their own are not shown
    reading(
      'address',
      devices.flatMap(({ addresses }) => addresses),
      [],
    ),
    ...(counted.length > 0
      ? [
          reading(
            'link-counters',
            counted.map(({ counters }) => counters),
            whole ? true : [],
          ),
        ]
      : []),
  ];
}

/** `ifconfig` of net-tools (both styles) and busybox, and `netstat -ie`. */
export default defineFormat({
  id: 'ifconfig',
  is: '`ifconfig` of net-tools (both styles) and busybox',
  tells: ['link', 'address'],
  recognise: (head) => {
    const first = (linesOf(inEnglish(head)).find((line) => line.trim() !== '' && line.trim() !== INTERFACES) ?? '').slice(0, 500);
    return NEW_HEAD.test(first) || OLD_HEAD.test(first) ? 1 : 0;
  },
  parse,
});
